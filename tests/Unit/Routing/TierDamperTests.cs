using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>What holds load back: time, hints of registries, and what is too old.</summary>
public sealed class TierDamperTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);
    private readonly TierDamper damper = new();

    [Fact]
    public void TierThatRecovers_GetsItsLoadBackAfterTheHold()
    {
        Loads(healthy: 2, at: 0).ShouldBe("100/0");
        Loads(healthy: 0, at: 10).ShouldBe("0/100", "what is lost is lost at once");
        Loads(healthy: 2, at: 11, due: 41).ShouldBe("0/100");
        Loads(healthy: 2, at: 40, due: 41).ShouldBe("0/100");
        Loads(healthy: 2, at: 41).ShouldBe("100/0");
    }

    [Fact]
    public void ZoneThatFlaps_StaysAwayUntilItIsQuiet()
    {
        Loads(healthy: 0, at: 0);
        for (int second = 1; second < 120; second += 10)
        {
            Loads(healthy: 2, at: second, due: second + 30).ShouldBe("0/100");
            Loads(healthy: 0, at: second + 5).ShouldBe("0/100");
        }
        Loads(healthy: 2, at: 130, due: 160);
        Loads(healthy: 2, at: 160).ShouldBe("100/0");
    }

    [Fact]
    public void WhatNobodyElseCarries_IsNotHeldBack()
    {
        Loads(healthy: 0, at: 0);
        RoutePlan plan = World.Plan(World.At("eu/a", 2), World.At("eu/b", 4, healthy: 1));

        World.Loads(damper.Apply(plan, Hold, TimeSpan.FromSeconds(1), 140, out _)).ShouldBe("100/0");
    }

    [Fact]
    public void Hints_AreObeyedByCallersOfTheCluster_WhileAllHaveThem()
    {
        Endpoint[] endpoints = [
            .. World.At("eu/a", 1).Select(endpoint => endpoint with { ForZones = ["a"] }),
            .. World.At("eu/a", 1).Select(endpoint => endpoint with { ForZones = ["b"] }),
            .. World.At("eu/b", 1).Select(endpoint => endpoint with { ForZones = ["a"] })];

        World.Describe(World.Plan(endpoints)).ShouldBe("eu/a 1/1, eu/b 1/1 | eu/a 1/1");
        World.Describe(World.Plan(World.View() with { Cluster = "linked" }, EffectivePolicy.Default, endpoints)).ShouldBe("eu/a 2/2 | eu/b 1/1", "another cluster's callers know their way themselves");
        World.Describe(World.Plan([.. endpoints, .. World.At("eu/b", 1)])).ShouldBe("eu/a 2/2 | eu/b 2/2", "one has none");
        EffectivePolicy policy = EffectivePolicy.Of(Samples.Service("cart"), [new TrafficPolicy { Name = "p", Strategy = TrafficStrategy.Nearest }]);
        World.Describe(World.Plan(World.View(), policy, endpoints)).ShouldBe("eu/a 2/2 | eu/b 1/1", "a policy counts more");
    }

    [Fact]
    public void StaleCluster_ComesLast_OrNotAtAll()
    {
        Endpoint[] endpoints = [.. World.At("eu/a", 1), .. World.At("us/c", 1, cluster: "linked")];
        var router = new ViewRouter(World.View(), World.Topology);
        HashSet<string> stale = ["near"];

        World.Describe(router.Plan(Samples.Service("cart"), endpoints, 0, EffectivePolicy.Default, stale: stale)).ShouldBe("us/c 1/1 | eu/a 1/1");
        RoutePlan withdrawn = router.Plan(Samples.Service("cart"), endpoints, 0, EffectivePolicy.Default with { Stale = StaleAction.Withdraw, StaleLimit = 60 }, stale: stale);
        World.Describe(withdrawn).ShouldBe("us/c 1/1");
        withdrawn.Unreachable.ShouldHaveSingleItem().Reason.ShouldBe("stale: nothing new is known of cluster near for more than 60 s, and a policy withdraws it then");
    }

    private string Loads(int healthy, int at, int? due = null)
    {
        RoutePlan plan = World.Plan(World.At("eu/a", 2, healthy), World.At("eu/b", 2));
        RoutePlan held = damper.Apply(plan, Hold, TimeSpan.FromSeconds(at), 140, out TimeSpan? next);
        next.ShouldBe(due is { } second ? TimeSpan.FromSeconds(second) : null);
        held.IsComputed(140).ShouldBe(!held.Held.IsDefault);
        return World.Loads(held);
    }
}
