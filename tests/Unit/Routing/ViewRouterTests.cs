using System.Diagnostics;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>The worked cases of the routing rules, and their kin.</summary>
public sealed class ViewRouterTests
{
    [Fact]
    public void Plan_R1_AllHealthy_NearestZoneGetsAll()
    {
        RoutePlan plan = World.Plan(World.At("us/c", 2), World.At("eu/b", 2), World.At("eu/a", 2));

        World.Describe(plan).ShouldBe("eu/a 2/2 | eu/b 2/2 | us/c 2/2");
        World.Loads(plan).ShouldBe("100/0/0");
    }

    [Fact]
    public void Plan_R2_HalfOfTheZoneHealthy_Spills()
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 2, healthy: 1), World.At("eu/b", 2), World.At("us/c", 2));

        World.Loads(plan).ShouldBe("70/30/0");
    }

    [Fact]
    public void Plan_R3_QuartersHealthy_SpillsTwice()
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 4, healthy: 1), World.At("eu/b", 4, healthy: 1), World.At("us/c", 4));

        World.Loads(plan).ShouldBe("35/35/30");
    }

    [Fact]
    public void Plan_R4_NothingHealthyInTheZone_KeepsItsTier()
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 2, healthy: 0), World.At("eu/b", 2), World.At("us/c", 2));

        World.Describe(plan).ShouldBe("eu/a 0/2 | eu/b 2/2 | us/c 2/2");
        World.Loads(plan).ShouldBe("0/100/0");
        plan.Tiers[0].Localities[0].Endpoints.Length.ShouldBe(2);
    }

    [Fact]
    public void Plan_R15_Distribute_SharesAmongWhatServes_AndKeepsTheRestForLater()
    {
        EffectivePolicy policy = EffectivePolicy.Default with { Distribute = [new Distribution("eu/a", [new("eu/a", 80), new("eu/b", 20)])] };

        RoutePlan both = World.Plan(World.View(), policy, World.At("eu/a", 2), World.At("eu/b", 2), World.At("us/c", 2));
        Parts(both).ShouldBe("eu/a 80, eu/b 20 | us/c 100");
        World.Loads(both).ShouldBe("100/0");

        RoutePlan one = World.Plan(World.View(), policy, World.At("eu/a", 2), World.At("eu/b", 2, healthy: 0), World.At("us/c", 2));
        Parts(one).ShouldBe("eu/a 100, eu/b 0 | us/c 100");
        World.Loads(one).ShouldBe("100/0", "what has nothing healthy counts in no size");

        RoutePlan spilling = World.Plan(World.View(), policy, World.At("eu/a", 4, healthy: 1), World.At("eu/b", 2, healthy: 0), World.At("us/c", 2));
        World.Loads(spilling).ShouldBe("35/65");
        World.Loads(World.Plan(World.View(), policy, World.At("eu/a", 2, healthy: 0), World.At("us/c", 2))).ShouldBe("0/100");
    }

    [Fact]
    public void Plan_Distribute_OfARegion_IsSharedByWeightsInIt_AndIsForItsCallersOnly()
    {
        EffectivePolicy policy = EffectivePolicy.Default with
        {
            Distribute = [new Distribution("*", [new("us", 100)]), new Distribution("eu", [new("eu", 50), new("us", 25), new("us/d", 25)])],
        };
        IEnumerable<Endpoint>[] endpoints = [World.At("eu/a", 3), World.At("eu/b", 1), World.At("us/c", 1), World.At("us/d", 1)];

        Parts(World.Plan(World.View(), policy, endpoints)).ShouldBe("eu/a 37.5, eu/b 12.5, us/c 25, us/d 25");
        Parts(World.Plan(World.View("ap/x"), policy, endpoints)).ShouldBe("us/c 50, us/d 50 | eu/a 75, eu/b 25");
    }

    [Fact]
    public void Plan_R16_FailoverThenNone_HasNothingElse()
    {
        EffectivePolicy policy = EffectivePolicy.Default with { Failover = [Regions("us")], Then = FailoverThen.None };

        RoutePlan plan = World.Plan(World.View(), policy, World.At("eu/a", 2), World.At("eu/b", 2), World.At("us/c", 2));

        World.Describe(plan).ShouldBe("eu/a 2/2 | us/c 2/2");
        plan.Unreachable.Select(item => item.Reason).Distinct().ShouldBe(["a policy names where to fail over to, and nothing else"]);
        World.Describe(World.Plan(World.View(), policy with { Then = FailoverThen.Nearest }, World.At("eu/a", 2), World.At("eu/b", 2), World.At("us/c", 2)))
            .ShouldBe("eu/a 2/2 | us/c 2/2 | eu/b 2/2");
    }

    [Fact]
    public void Plan_R17_RegionsListedTogether_ShareATier()
    {
        EffectivePolicy policy = EffectivePolicy.Default with { Failover = [Regions("us", "us2")] };

        World.Describe(World.Plan(World.View(), policy, World.At("eu/a", 1), World.At("us2/x", 1), World.At("us/c", 1), World.At("eu/b", 1)))
            .ShouldBe("eu/a 1/1 | us/c 1/1, us2/x 1/1 | eu/b 1/1");
    }

    [Fact]
    public void Plan_FailoverOfClustersAndZones_FollowsTheList_WithALocalityOnceInATier()
    {
        EffectivePolicy policy = EffectivePolicy.Default with { Failover = [new FailoverTier([], [], ["linked"]), new FailoverTier([], ["us/d"], [])] };

        World.Describe(World.Plan(
                World.View(), policy, World.At("us/c", 1), World.At("us/c", 2, cluster: "linked"), World.At("us/d", 1), World.At("eu/b", 1), World.At("eu/b", 1, cluster: "linked")))
            .ShouldBe("eu/b 1/1, us/c 2/2 | us/d 1/1 | eu/b 1/1 | us/c 1/1");
    }

    [Fact]
    public void Plan_TierMargin_JoinsRegionsThatAreAboutAsFar() =>
        World.Describe(World.Plan(World.View(), EffectivePolicy.Default with { TierMargin = 10 }, World.At("us/c", 1), World.At("ap/x", 1), World.At("eu/b", 1)))
            .ShouldBe("eu/b 1/1 | ap/x 1/1, us/c 1/1");

    [Fact]
    public void Plan_R20_ManyLocalitiesAndServices_HasATierForEachRegion()
    {
        Endpoint[] endpoints = [.. Enumerable.Range(0, 100).SelectMany(index => World.At($"region-{index / 2}/{index}", 1))];
        var router = new ViewRouter(World.View("region-7/14"), World.Topology);
        long start = Stopwatch.GetTimestamp();

        RoutePlan[] plans = [.. Enumerable.Range(0, 1000).Select(_ => router.Plan(Samples.Service("cart"), endpoints, 0, EffectivePolicy.Default))];

        TestContext.Current.TestOutputHelper?.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1} ms");
        plans.ShouldAllBe(plan => plan.Tiers.Length == 51);
        World.Describe(plans[0]).ShouldStartWith("region-7/14 1/1 | region-7/15 1/1 | region-0/0 1/1, region-0/1 1/1 |");
    }

    [Fact]
    public void Plan_R22_EndpointThatDoesNotCountYet_IsLeftOut()
    {
        Endpoint starting = World.At("eu/a", 1, healthy: 0).Single() with { Declared = false };
        Endpoint[] others = [.. World.At("eu/a", 1), .. World.At("eu/b", 2)];

        RoutePlan during = World.Plan([starting, .. others]);
        RoutePlan after = World.Plan([starting with { Declared = true }, .. others]);

        World.Describe(during).ShouldBe("eu/a 1/1 | eu/b 2/2");
        World.Loads(during).ShouldBe("100/0");
        World.Describe(after).ShouldBe("eu/a 1/2 | eu/b 2/2");
        World.Loads(after).ShouldBe("70/30");
    }

    [Theory]
    [InlineData(100, "50/50")]
    [InlineData(140, "70/30")]
    [InlineData(200, "100/0")]
    public void Plan_Overprovisioning_MovesWhereSpillingBegins(int factor, string expected) =>
        World.Loads(World.Plan(World.At("eu/a", 2, healthy: 1), World.At("eu/b", 2)), factor).ShouldBe(expected);

    [Fact]
    public void Plan_Draining_CountsInNeitherNumber()
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 4, healthy: 2, others: Health.Draining), World.At("eu/b", 2));

        World.Describe(plan).ShouldBe("eu/a 2/2 | eu/b 2/2");
        World.Loads(plan).ShouldBe("100/0");
        plan.DrainingServes.ShouldBeFalse();
        plan.Tiers[0].Localities[0].Endpoints.Length.ShouldBe(4);
    }

    [Fact]
    public void Plan_NothingHealthyAnywhere_DrainingServes()
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 2, healthy: 0), World.At("eu/b", 2, healthy: 0, others: Health.Draining));

        plan.DrainingServes.ShouldBeTrue();
        World.Describe(plan).ShouldBe("eu/a 0/2 | eu/b 2/2");
        World.Loads(plan).ShouldBe("0/100");
    }

    [Fact]
    public void Plan_DegradedBesideDraining_DrainingDoesNotServe()
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 1, healthy: 0, others: Health.Degraded), World.At("eu/b", 1, healthy: 0, others: Health.Draining));

        plan.DrainingServes.ShouldBeFalse();
    }

    [Fact]
    public void Plan_UnknownHealth_CountsAsHealthy() =>
        World.Loads(World.Plan(World.At("eu/a", 2, healthy: 0, others: Health.Unknown), World.At("eu/b", 2))).ShouldBe("100/0");

    [Fact]
    public void Plan_CallerAndEndpointsWithSubZones_NearestSubZoneIsATierOfItsOwn()
    {
        RoutePlan plan = World.Plan(
            World.View("eu/a/1"), EffectivePolicy.Default, World.At("eu/a/2", 1), World.At("eu/a/1", 1), World.At("eu/a", 1), World.At("eu/b/1", 1));

        World.Describe(plan).ShouldBe("eu/a/1 1/1 | eu/a 1/1, eu/a/2 1/1 | eu/b/1 1/1");
    }

    [Fact]
    public void Plan_SpreadRegion_HasOneTierForTheRegion()
    {
        RoutePlan plan = World.Plan(
            World.View(), Spread(TrafficStrategy.SpreadRegion), World.At("us/c", 1), World.At("eu/b", 1), World.At("eu/a", 1));

        World.Describe(plan).ShouldBe("eu/a 1/1, eu/b 1/1 | us/c 1/1");
    }

    [Fact]
    public void Plan_SpreadAny_HasOneTier()
    {
        RoutePlan plan = World.Plan(World.View(), Spread(TrafficStrategy.SpreadAny), World.At("us/c", 1), World.At("eu/b", 1), World.At("eu/a", 1));

        World.Describe(plan).ShouldBe("eu/a 1/1, eu/b 1/1, us/c 1/1");
    }

    [Fact]
    public void Plan_OtherRegions_AreTiersOfTheirOwnInTheOrderOfTheirNames()
    {
        RoutePlan plan = World.Plan(World.At("us/d", 1), World.At("ap/x", 1), World.At("us/c", 1), World.At("eu/b", 1));

        World.Describe(plan).ShouldBe("eu/b 1/1 | ap/x 1/1 | us/c 1/1, us/d 1/1");
    }

    [Fact]
    public void Plan_CallerThatDoesNotKnowWhereItIs_SpreadsOverAll()
    {
        RoutePlan plan = World.Plan(World.View(""), EffectivePolicy.Default, World.At("us/c", 1), World.At("eu/b", 1));

        plan.Tiers.Length.ShouldBe(1);
    }

    [Fact]
    public void Plan_UnreachableNetwork_IsLeftOutWithTheReason()
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 1), World.At("us/c", 3, cluster: "far"), World.At("us/c", 1, cluster: "linked"));

        World.Describe(plan).ShouldBe("eu/a 1/1 | us/c 1/1");
        plan.Unreachable.Length.ShouldBe(3);
        plan.Unreachable[0].Reason.ShouldBe("network net1 is not linked with net2, the network of cluster far");
    }

    [Fact]
    public void Plan_OnlyUnreachable_HasNoTiers()
    {
        RoutePlan plan = World.Plan(World.At("us/c", 3, cluster: "far"));

        plan.Tiers.ShouldBeEmpty();
        plan.Loads(140).ShouldBeEmpty();
    }

    [Fact]
    public void Plan_EndpointThatDoesNotServeThePort_IsLeftOut()
    {
        Endpoint[] endpoints = [.. World.At("eu/a", 2)];
        endpoints[0] = endpoints[0] with { Ports = [0] };
        endpoints[1] = endpoints[1] with { Ports = default };

        World.Plan(endpoints).Tiers.ShouldBeEmpty();
    }

    [Fact]
    public void Plan_Weights_AreSummedForALocality()
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 2, weight: 5), World.At("eu/a", 1));

        plan.Tiers.ShouldHaveSingleItem().Localities.ShouldHaveSingleItem().Weight.ShouldBe(11);
    }

    private static EffectivePolicy Spread(TrafficStrategy strategy) => EffectivePolicy.Default with { Strategy = strategy };

    [Fact]
    public void Local_IsReachableFromItsOwnClusterOnly()
    {
        Endpoint[] endpoints = [.. World.At("eu/a", 1).Select(endpoint => endpoint with { IsLocal = true }), .. World.At("eu/a", 1, cluster: "linked").Select(endpoint => endpoint with { IsLocal = true })];

        RoutePlan plan = World.Plan(endpoints);

        World.Describe(plan).ShouldBe("eu/a 1/1");
        plan.Unreachable.ShouldHaveSingleItem().Reason.ShouldBe("cluster linked does not export the service to others");
    }

    [Fact]
    public void Function_IsForCallersWithAProxy()
    {
        Endpoint[] endpoints = [.. World.At("eu/a", 1).Select(endpoint => endpoint with { Speaks = Speaks.Lambda })];

        World.Describe(World.Plan(endpoints)).ShouldBe("eu/a 1/1");
        World.Plan(World.View() with { Role = CallerRole.Proxyless }, EffectivePolicy.Default, endpoints).Unreachable.ShouldHaveSingleItem()
            .Reason.ShouldBe("gRPC clients without a proxy cannot call functions");
    }

    private static FailoverTier Regions(params string[] regions) => new([.. regions], [], []);

    // What percentage of its tier's load each locality gets.
    private static string Parts(RoutePlan plan) => string.Join(" | ", plan.Tiers.Select(tier => string.Join(", ", tier.Localities.Zip(tier.Parts(plan.DrainingServes), (locality, part) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{locality.Locality} {part * 100:0.#}")))));
}
