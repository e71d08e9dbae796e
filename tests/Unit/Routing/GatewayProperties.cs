using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Generators;
using Envoy.Config.Endpoint.V3;
using FsCheck;
using FsCheck.Fluent;
using Endpoint = ControlPlane.Model.Endpoint;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>What holds for every service in every world of networks and gateways.</summary>
public sealed class GatewayProperties
{
    private static readonly string[] Places = ["eu/a", "eu/b", "us/c", "us/d", "ap/x"];
    private static readonly string[] Networks = ["net1", "net2", "net3"];
    private static readonly string[] Clusters = ["near", "far", "third"];

    private static readonly Gen<Endpoint> Endpoints =
        from place in Gen.Elements(Places)
        from health in Gen.Elements(Health.Healthy, Health.Healthy, Health.Unhealthy, Health.Draining, Health.Degraded, Health.Unknown)
        from cluster in Gen.Elements(Clusters)
        from weight in Gen.Choose(1, 5)
        from speaks in Gen.Elements(Speaks.Mtls, Speaks.Mtls, Speaks.Plaintext)
        select World.At(place, 1, cluster: cluster, weight: weight).Single() with { Health = health, Speaks = speaks };

    private static readonly Gen<(string Network, string Place, int Addresses, bool IsEgress, bool IsReachable, bool IsWithdrawn)> Gateways =
        from network in Gen.Elements(Networks)
        from place in Gen.Elements(Places)
        from addresses in Gen.Choose(1, 3)
        from isEgress in Gen.Elements(false, false, true)
        from isReachable in Gen.Elements(true, true, false)
        from isWithdrawn in Gen.Elements(false, false, false, true)
        select (network, place, addresses, isEgress, isReachable, isWithdrawn);

    private static readonly Arbitrary<Case> Cases =
        (from gateways in Gateways.ArrayOf()
         from endpoints in Endpoints.ArrayOf()
         from link in Gen.Elements("", "", "net2", "net3")
         from us in Gen.Choose(20, 200)
         select new Case(Build(gateways, link, us), [.. endpoints])).ToArbitrary();

    private sealed record Case(Meshes World, ImmutableArray<Endpoint> Endpoints)
    {
        public ViewRouter Router { get; } = new(Meshes.View(), World.Topology);

        public RoutePlan Plan(EffectivePolicy? policy = null) => Router.Plan(Meshes.Cart, Endpoints.AsSpan(), 0, policy ?? EffectivePolicy.Default);

        public ClusterLoadAssignment Assignment() => ClusterLoadAssignment.Parser.ParseFrom(
            new AssignmentGenerator(Router).Generate("c", Meshes.Cart, Endpoints.AsSpan(), 0, EffectivePolicy.Default).ToArray());
    }

    [Fact]
    public void Assignment_HasNoGapsNorRepeatedAddressesNorLocalitiesTwiceInAPriority() => ForAll(item =>
    {
        ClusterLoadAssignment assignment = item.Assignment();
        uint[] priorities = [.. assignment.Endpoints.Select(locality => locality.Priority).Distinct().Order()];
        string[] addresses = [.. assignment.Endpoints.SelectMany(locality => locality.LbEndpoints).Select(host => host.Endpoint.Address.SocketAddress.ToString())];
        return priorities.SequenceEqual(Enumerable.Range(0, priorities.Length).Select(index => (uint)index))
            && addresses.Distinct().Count() == addresses.Length
            && assignment.Endpoints.GroupBy(locality => (locality.Priority, locality.Locality)).All(same => same.Count() == 1)
            && assignment.Endpoints.All(locality => locality.LoadBalancingWeight > 0 && locality.LbEndpoints.All(host => (host.LoadBalancingWeight ?? 1) > 0));
    });

    [Fact]
    public void Shares_SumTo100OrNothingServes() => ForAll(item =>
    {
        Explanation explanation = Explanation.Of(item.Router, Meshes.Cart, item.Endpoints.ToValueList(), 0, EffectivePolicy.Default);
        double sum = explanation.Tiers.SelectMany(tier => tier.Localities)
            .Sum(locality => locality.Endpoints.Sum(endpoint => endpoint.Share) + locality.Gateways.Sum(gateway => gateway.Endpoints.Sum(endpoint => endpoint.Share)));
        return Math.Abs(sum - explanation.Tiers.Sum(tier => tier.Load)) < 1e-6 && (sum == 0 || Math.Abs(sum - 100) < 1e-6);
    });

    [Fact]
    public void EveryEndpoint_IsCalledDirectlyOrCountedOnceOrUnreachable() => ForAll(item =>
    {
        RoutePlan plan = item.Plan();
        IEnumerable<Endpoint> told = plan.Tiers.SelectMany(tier => tier.Localities).SelectMany(locality => locality.Endpoints.Concat(locality.Gateways.SelectMany(gateway => gateway.Endpoints)))
            .Concat(plan.Unreachable.Select(unreachable => unreachable.Endpoint));
        return told.OrderBy(endpoint => endpoint.Address).SequenceEqual(item.Endpoints.OrderBy(endpoint => endpoint.Address));
    });

    [Fact]
    public void Gateway_IsNeverUsedWhereADirectPathExists() => ForAll(item => item.Plan().Tiers.SelectMany(tier => tier.Localities).SelectMany(locality => locality.Gateways)
        .SelectMany(gateway => gateway.Endpoints).All(endpoint => !item.World.Topology.IsLinked("net1", item.World.Topology.NetworkOf(endpoint.Cluster)) && endpoint.Speaks == Speaks.Mtls));

    [Fact]
    public void LongerKind_IsNeverUsedWhileAShorterIsPossible() => ForAll(item => item.Plan().Tiers.SelectMany(tier => tier.Localities).SelectMany(locality => locality.Gateways)
        .Where(gateway => gateway.Path.Kind == PathKind.TwoGateways)
        .All(gateway => item.Router.PathsInto(gateway.Path.Last.Network).All(path => path.Kind == PathKind.TwoGateways)));

    [Fact]
    public void EachEndpoint_CountsAtTheCheapestGateway() => ForAll(item => item.Endpoints.All(endpoint =>
        item.Router.WayTo(Meshes.Cart, endpoint, EffectivePolicy.Default).Path is not { } chosen
        || item.Router.PathsInto(chosen.Last.Network).All(other => other.Cost + item.World.Topology.CostBetween(other.Last.Locality, endpoint.Locality) >= chosen.Cost)));

    [Fact]
    public void Regions_AreInTheOrderOfTheirCheapestPaths() => ForAll(item =>
    {
        (string Region, Cost Cost)[] regions = [.. item.Plan().Tiers.Where(tier => tier.Ring == TierRing.Elsewhere).Select(tier => (
            tier.Localities[0].Locality.Region,
            tier.Localities.SelectMany(locality => locality.Gateways.Select(gateway => gateway.Path.Cost).Concat(locality.Endpoints.Select(_ => item.World.Topology.CostBetween(World.Place("eu/a"), locality.Locality)))).Min()))];
        return regions.Select(region => region.Region).Distinct().Count() == regions.Length
            && regions.Zip(regions.Skip(1)).All(pair => pair.First.Cost <= pair.Second.Cost);
    });

    [Fact]
    public void PathThatLeavesTheZoneAndReturns_IsNeverTakenWhileTheRestSuffices() => ForAll(item =>
    {
        RoutePlan plan = item.Plan();
        ImmutableArray<int> loads = plan.Loads(140);
        bool Returns(GatewayTarget gateway) => gateway.Path.Hops.Any(hop => hop.Locality.Region != "eu") && gateway.Endpoints.All(endpoint => endpoint.Locality.Region == "eu");
        // A tier of the caller's own region that is wholly healthy leaves nothing for others.
        bool suffices = plan.Tiers.Any(tier => tier.Ring is TierRing.Own or TierRing.Region && tier.Size(plan.DrainingServes) is { Declared: > 0 } size && size.Healthy == size.Declared);
        return !suffices || plan.Tiers.Zip(loads).All(tier => tier.Second == 0 || !tier.First.Localities.Any(locality => locality.Gateways.Any(Returns)));
    });

    [Fact]
    public void UnrelatedChange_ChangesNothing() => ForAll(item =>
    {
        byte[] before = item.Assignment().ToByteArrayOf();
        var other = new Case(item.World.With(new Cluster { Name = "unrelated", Network = "elsewhere" }).Gateway("unrelated", "elsewhere", "eu/a"), item.Endpoints);
        return before.SequenceEqual(other.Assignment().ToByteArrayOf());
    });

    [Fact]
    public void CheaperWay_NeverLosesToADearerOne() => Prop.ForAll(Cases, Gen.Choose(1, 100).ToArbitrary(), (item, less) =>
    {
        // The direct way to us gets cheaper: it moves up or stays.
        ImmutableArray<Endpoint> direct = [.. item.Endpoints.Select(endpoint => endpoint with { Cluster = "near" })];
        int Position(RoutePlan plan) => plan.Tiers.ToList().FindIndex(tier => tier.Ring == TierRing.Elsewhere && tier.Localities.Any(locality => locality.Locality.Region == "us"));
        int before = Position(new Case(item.World, direct).Plan());
        int after = Position(new Case(item.World.With(new CostMatrix { Name = "a first", Pairs = [new PairCost("eu", "us", less / 10.0, null)] }), direct).Plan());
        return before < 0 ? after < 0 : after >= 0 && after <= before;
    }).QuickCheckThrowOnFailure();

    private static Meshes Build((string Network, string Place, int Addresses, bool IsEgress, bool IsReachable, bool IsWithdrawn)[] gateways, string link, int us)
    {
        Meshes world = new Meshes().With(new CostMatrix { Name = "c", Pairs = [new PairCost("eu", "us", us, null), new PairCost("eu", "ap", 110, null)] });
        if (link.Length > 0)
        {
            world.With(new Network { Name = "net1", Links = [link] });
        }
        foreach ((int index, var gateway) in gateways.Take(8).Index())
        {
            string name = $"g{index}";
            world.Gateway(name, gateway.Network, gateway.Place, gateway.Addresses, gateway.IsReachable ? ["net1", "net2", "net3"] : ["net3"], gateway.IsEgress ? GatewayRole.Egress : GatewayRole.EastWest);
            if (gateway.IsWithdrawn)
            {
                world.Withdraw(name, "net1");
            }
        }
        return world;
    }

    private static void ForAll(Func<Case, bool> holds) => Prop.ForAll(Cases, holds).QuickCheckThrowOnFailure();
}

internal static class AssignmentBytes
{
    public static byte[] ToByteArrayOf(this ClusterLoadAssignment assignment) => Google.Protobuf.MessageExtensions.ToByteArray(assignment);
}
