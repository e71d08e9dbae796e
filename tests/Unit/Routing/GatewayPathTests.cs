using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using static ControlPlane.Tests.Unit.Routing.Meshes;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>The worked cases of the routing rules in which networks and meshes are joined by gateways.</summary>
public sealed class GatewayPathTests
{
    private static Meshes OneGateway => new Meshes().Gateway("G2", "net2", "us/c");

    [Fact]
    public void R5_UnlinkedNetwork_IsReachedThroughItsGateway()
    {
        RoutePlan plan = OneGateway.Plan(At("eu/a", 2), At("us/c", 100, cluster: "far"));

        Describe(plan).ShouldBe("eu/a: 2 | us/c: G2*100");
        World.Loads(plan).ShouldBe("100/0");
        plan.IsComputed(140).ShouldBeFalse("no tier with load has a gateway");
        plan.Unreachable.ShouldBeEmpty();
    }

    [Fact]
    public void R6_NothingHealthyInTheZone_GatewayGetsAll()
    {
        RoutePlan plan = OneGateway.Plan(At("eu/a", 2, healthy: 0), At("us/c", 100, healthy: 50, cluster: "far"));

        Describe(plan).ShouldBe("eu/a: 0 | us/c: G2*50");
        World.Loads(plan).ShouldBe("0/100");
        plan.IsComputed(140).ShouldBeTrue();
    }

    [Fact]
    public void R7_HalfOfTheZone_SpillsToTheGateway()
    {
        RoutePlan plan = OneGateway.Plan(At("eu/a", 2, healthy: 1), At("us/c", 100, cluster: "far"));

        World.Loads(plan).ShouldBe("70/30");
        plan.IsComputed(140).ShouldBeTrue("the gateway is one host for a hundred");
    }

    [Fact]
    public void R8_TwoAddresses_AreOneGateway()
    {
        RoutePlan plan = new Meshes().Gateway("G2", "net2", "us/c", addresses: 2).Plan(At("eu/a", 2), At("us/c", 100, cluster: "far"));

        GatewayTarget target = plan.Tiers[1].Localities.ShouldHaveSingleItem().Gateways.ShouldHaveSingleItem();
        target.Path.Addresses.Length.ShouldBe(2);
        target.Weight.ShouldBe(100);
    }

    [Fact]
    public void R9_ZonesBehindAGateway_AreOneTarget_AndOneTierForItself()
    {
        IEnumerable<Endpoint>[] endpoints = [At("eu/a", 2), At("us/c", 1, cluster: "far"), At("us/d", 1, cluster: "far"), At("us/e", 1, cluster: "far")];

        Describe(OneGateway.Plan(endpoints)).ShouldBe("eu/a: 2 | us/c: G2*3");
        Describe(OneGateway.Plan(Own("us/c", "net2", "far", CallerRole.EastWest, "G2"), Cart, EffectivePolicy.Default, endpoints)).ShouldBe("us/c: 1, us/d: 1, us/e: 1");
    }

    [Fact]
    public void R10_LinkedNetworks_NeedNoGateway()
    {
        RoutePlan plan = OneGateway.With(new Network { Name = "net1", Links = ["net2"] }).Plan(At("eu/a", 2), At("us/c", 100, cluster: "far"));

        Describe(plan).ShouldBe("eu/a: 2 | us/c: 100");
        plan.HasGateways.ShouldBeFalse();
    }

    [Fact]
    public void R12_OtherMesh_IsReachedThroughItsInternalGateways()
    {
        Meshes world = Banking.With(new Export { Namespace = "shop", Name = "all", Mesh = "banking", Service = "*", ToMeshes = ["default"] });

        RoutePlan plan = world.Plan(View(), Accounts, EffectivePolicy.Default, At("eu/a", 2, cluster: "bank"), At("us/c", 2, cluster: "bank"));
        Describe(plan).ShouldBe("eu/a: BA*2 | us/c: BC*2");
        plan.Tiers[0].Localities[0].Gateways[0].Path.Kind.ShouldBe(PathKind.OtherMesh);
        World.Loads(plan).ShouldBe("100/0");

        World.Loads(world.Plan(View(), Accounts, EffectivePolicy.Default, At("eu/a", 2, healthy: 1, cluster: "bank"), At("us/c", 2, cluster: "bank"))).ShouldBe("70/30");
        RoutePlan own = world.Plan(View("eu/a", cluster: "bank", mesh: "banking", role: CallerRole.Internal, gateway: "BA"), Accounts, EffectivePolicy.Default,
            At("eu/a", 2, healthy: 1, cluster: "bank"), At("us/c", 2, cluster: "bank"));
        Describe(own).ShouldBe("eu/a: 1 | us/c: 2", "what it stands for, then the rest");
        World.Loads(own).ShouldBe("100/0", "its callers have spilled over already");
    }

    [Fact]
    public void R13_NotExported_IsUnreachable()
    {
        RoutePlan plan = Banking.Plan(View(), Accounts, EffectivePolicy.Default, At("eu/a", 2, cluster: "bank"));

        plan.Tiers.ShouldBeEmpty();
        plan.Unreachable.ShouldAllBe(item => item.Reason.StartsWith("not exported"));
    }

    [Fact]
    public void R14_EastWestGateway_CallsOnlyItsOwnNetwork()
    {
        RoutePlan plan = OneGateway.Gateway("G1", "net1", "eu/a", from: ["net2"])
            .Plan(Own("us/c", "net2", "far", CallerRole.EastWest, "G2"), Cart, EffectivePolicy.Default, At("eu/a", 2), At("us/c", 100, cluster: "far"));

        Describe(plan).ShouldBe("us/c: 100");
        plan.Unreachable.Length.ShouldBe(2);
    }

    [Fact]
    public void R18_GatewayThatFailsItsProbes_IsWithdrawn()
    {
        Meshes world = OneGateway.Withdraw("G2", "net1");

        RoutePlan plan = world.Plan(At("eu/a", 2), At("us/c", 100, cluster: "far"));
        Describe(plan).ShouldBe("eu/a: 2");
        plan.Unreachable.Length.ShouldBe(100);
        plan.Unreachable[0].Reason.ShouldContain("gateway withdrawn: G2 fails its probes from network net1");
        World.Loads(world.Plan(At("eu/a", 2, healthy: 0), At("us/c", 100, cluster: "far"))).ShouldBe("0");
    }

    [Fact]
    public void R19_GatewayThatAPolicyDemands_IsUsedAlthoughLinked()
    {
        RoutePlan plan = OneGateway.With(new Network { Name = "net1", Links = ["net2"] })
            .Plan(View(), Cart, EffectivePolicy.Default with { Gateway = "G2" }, At("eu/a", 2), At("us/c", 100, cluster: "far"));

        Describe(plan).ShouldBe("eu/a: 2 | us/c: G2*100");
    }

    [Fact]
    public void R21_NearEndpointBehindAFarGateway_ComesAfterTheNextZone()
    {
        RoutePlan plan = new Meshes().Gateway("G3", "net3", "us/c").Plan(At("eu/a", 2, cluster: "third"), At("eu/b", 2));

        Describe(plan).ShouldBe("eu/b: 2 | us/c: G3*2");
    }

    [Fact]
    public void R23_PlaintextBehindAGateway_IsUnreachableAndCountsNowhere()
    {
        RoutePlan plan = OneGateway.Plan(At("us/c", 1, cluster: "far"), World.At("us/c", 1, cluster: "far"));

        Describe(plan).ShouldBe("us/c: G2*1");
        plan.Unreachable.ShouldHaveSingleItem().Reason.ShouldStartWith("plaintext behind an unlinked network");
        plan.Tiers[0].Size(false).ShouldBe(new TierSize(1, 1));
    }

    [Fact]
    public void TwoGateways_AreUsed_WhereTheCallersNetworkReachesNone()
    {
        Meshes world = new Meshes().Gateway("G2", "net2", "us/c", from: ["dmz"]).Gateway("out", "dmz", "eu/b", role: GatewayRole.Egress);
        IEnumerable<Endpoint>[] endpoints = [At("eu/a", 1), At("us/c", 5, cluster: "far")];

        RoutePlan plan = world.Plan(endpoints);
        Describe(plan).ShouldBe("eu/a: 1 | us/c: out, G2*5");
        plan.Tiers[1].Localities[0].Gateways[0].Path.Kind.ShouldBe(PathKind.TwoGateways);
        Describe(world.Plan(Own("eu/b", "dmz", "near", CallerRole.Egress, "out"), Cart, EffectivePolicy.Default, endpoints)).ShouldBe("us/c: G2*5", "it holds gateways only");
        Describe(world.Gateway("G2b", "net2", "us/c").Plan(endpoints)).ShouldBe("eu/a: 1 | us/c: G2b*5", "one gateway is shorter than two");
    }

    [Fact]
    public void NoGateway_IsSaidToBeMissing()
    {
        new Meshes().Plan(At("us/c", 1, cluster: "far")).Unreachable.ShouldHaveSingleItem().Reason.ShouldBe("network net1 is not linked with net2, the network of cluster far");
        new Meshes().Gateway("G2", "net2", "us/c", from: ["other"]).Plan(At("us/c", 1, cluster: "far")).Unreachable.ShouldHaveSingleItem()
            .Reason.ShouldEndWith("and no address of gateway G2 is reachable from net1, nor is there an egress gateway that reaches it");
    }

    [Fact]
    public void EachEndpoint_CountsAtTheGatewayNearestToIt_AndTheOthersStandBy()
    {
        Meshes world = new Meshes().Gateway("GC", "net2", "us/c").Gateway("GD", "net2", "us/d").Gateway("GE", "net2", "us/e");

        Describe(world.Plan(At("us/c", 2, cluster: "far"), At("us/d", 3, cluster: "far"))).ShouldBe("us/c: GC*2, us/d: GD*3 | us/e: GE*standby");
        Describe(world.Withdraw("GC", "net1").Plan(At("us/c", 2, cluster: "far"), At("us/d", 3, cluster: "far"))).ShouldBe("us/d: GD*5 | us/e: GE*standby");
        Describe(world.Plan(Own("us/d", "net2", "far", CallerRole.EastWest, "GD"), Cart, EffectivePolicy.Default, At("us/c", 2, cluster: "far"), At("us/d", 3, cluster: "far")))
            .ShouldBe("us/d: 3 | us/c: 2", "a gateway puts first what it stands for");
    }

    [Fact]
    public void Standby_TakesNoShare()
    {
        RoutePlan plan = new Meshes().Gateway("GC", "net2", "us/c").Gateway("GD", "net2", "us/d").Plan(At("us/c", 4, healthy: 1, cluster: "far"));

        World.Loads(plan).ShouldBe("100/0");
    }

    [Fact]
    public void DirectPath_IsNeverGivenUpForAGateway()
    {
        Describe(new Meshes().Gateway("G1", "net1", "eu/a").Plan(At("us/c", 2), At("eu/b", 1))).ShouldBe("eu/b: 1 | us/c: 2");
    }

    [Fact]
    public void AddressOfTwoNetworks_IsTwoEndpoints_AndOfOneNetworkOne()
    {
        Endpoint near = At("eu/a", 1).Single();

        Describe(OneGateway.Plan([near], [near with { Cluster = "far", Locality = World.Place("us/c") }])).ShouldBe("eu/a: 1 | us/c: G2*1");
        RoutePlan linked = OneGateway.With(new Network { Name = "net1", Links = ["net2"] }).Plan([near], [near with { Cluster = "far", Locality = World.Place("us/c") }]);
        Describe(linked).ShouldBe("eu/a: 1");
        linked.Unreachable.ShouldHaveSingleItem().Reason.ShouldBe("another cluster has the same address, which counts once");
    }

    [Fact]
    public void CallerWithoutACertificate_UsesNoGateway()
    {
        RoutePlan plan = OneGateway.Plan(View() with { HasIdentity = false }, Cart, EffectivePolicy.Default, At("eu/a", 1), At("us/c", 1, cluster: "far"));

        Describe(plan).ShouldBe("eu/a: 1", "a mesh that is permissive takes calls in plaintext");
        plan.Unreachable.ShouldHaveSingleItem().Reason.ShouldEndWith("the caller has no certificate of mesh default, without which no gateway can be used");
    }

    [Fact]
    public void OtherMeshInAnotherNetwork_IsReachedThroughTheGatewayOfThatNetwork()
    {
        Meshes world = new Meshes().Gateway("G2", "net2", "us/c")
            .Gateway("B2", "net2", "us/c", from: ["net2"], role: GatewayRole.Internal, mesh: "banking")
            .With(new Cluster { Name = "farbank", Network = "net2", Mesh = "banking" }, new Export { Namespace = "shop", Name = "accounts", Mesh = "banking", Service = "accounts", ToMeshes = ["*"] });

        Describe(world.Plan(View(), Accounts, EffectivePolicy.Default, At("us/c", 2, cluster: "farbank"))).ShouldBe("us/c: G2, B2*2");
        Describe(world.Plan(Own("us/c", "net2", "far", CallerRole.EastWest, "G2"), Accounts, EffectivePolicy.Default, At("us/c", 2, cluster: "farbank"))).ShouldBe("us/c: B2*2");
    }

    [Fact]
    public void NameOfASingleEndpoint_MeansNothingToGateways()
    {
        RoutePlan plan = new ViewRouter(View(), OneGateway.Topology).Plan(Cart, [.. At("us/c", 1, cluster: "far")], 0, EffectivePolicy.Default, isDirect: true);

        plan.Tiers.ShouldBeEmpty();
        plan.Unreachable.ShouldHaveSingleItem().Reason.ShouldBe("the name of a single endpoint is for direct paths only, and this one is behind gateway G2");
    }

    [Fact]
    public void OtherMeshInTwoNetworks_EachInternalGatewayStandsForItsOwn()
    {
        Meshes world = new Meshes().Gateway("B1", "net1", "eu/a", from: [], role: GatewayRole.Internal, mesh: "banking")
            .Gateway("B2", "net2", "us/c", from: [], role: GatewayRole.Internal, mesh: "banking")
            .Gateway("E1", "net1", "eu/a", from: ["net2"], mesh: "banking").Gateway("E2", "net2", "us/c", mesh: "banking")
            .With(new Cluster { Name = "farbank", Network = "net2", Mesh = "banking" }, new Export { Namespace = "shop", Name = "accounts", Mesh = "banking", Service = "accounts", ToMeshes = ["*"] });
        IEnumerable<Endpoint>[] accounts = [At("eu/a", 2, cluster: "bank"), At("eu/b", 2, cluster: "bank"), At("us/c", 2, cluster: "farbank")];

        Describe(world.Plan(View(), Accounts, EffectivePolicy.Default, accounts)).ShouldBe("eu/a: B1*4 | us/c: B2*2");
        Describe(world.Plan(Own("us/c", "net2", "far", CallerRole.Proxy, ""), Accounts, EffectivePolicy.Default, accounts)).ShouldBe("us/c: B2*2 | eu/a: B1*4", "B2 would have to cross a gateway");
        RoutePlan own = world.Plan(View("eu/a", cluster: "bank", mesh: "banking", role: CallerRole.Internal, gateway: "B1"), Accounts, EffectivePolicy.Default, accounts);
        Describe(own).ShouldBe("eu/a: 2, eu/b: 2 | us/c: E2*2", "what it stands for, then the rest");
        World.Loads(own).ShouldBe("100/0");
    }

    [Fact]
    public void InternalGateway_ThatDoesNotReachTheEndpointsNetwork_IsNotUsedForThem()
    {
        Meshes world = Banking.With(
            new Cluster { Name = "farbank", Network = "net2", Mesh = "banking" }, new Export { Namespace = "shop", Name = "accounts", Mesh = "banking", Service = "accounts", ToMeshes = ["*"] });

        RoutePlan plan = world.Plan(View(), Accounts, EffectivePolicy.Default, At("eu/a", 1, cluster: "bank"), At("us/c", 1, cluster: "farbank"));

        plan.Tiers[0].Localities.ShouldHaveSingleItem().Gateways.ShouldHaveSingleItem().Endpoints.Length.ShouldBe(1);
        plan.Unreachable.ShouldHaveSingleItem().Reason.ShouldBe("other mesh: no internal gateway of banking reaches network net2, directly or through an east-west gateway");
    }

    private static Meshes Banking => new Meshes()
        .Gateway("BA", "net1", "eu/a", role: GatewayRole.Internal, mesh: "banking").Gateway("BC", "net1", "us/c", role: GatewayRole.Internal, mesh: "banking");

    private static RoutingView Own(string place, string network, string cluster, CallerRole role, string gateway) => View(place, network, cluster, role: role, gateway: gateway);
}
