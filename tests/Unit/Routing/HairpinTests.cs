using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using static ControlPlane.Tests.Unit.Routing.Meshes;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>What the report lists, and what it does not.</summary>
public sealed class HairpinTests
{
    [Fact]
    public void R19_Policy_IsListedWithTheObjectThatDemandsIt()
    {
        EffectivePolicy policy = EffectivePolicy.Of(Cart, [new TrafficPolicy { Namespace = "shop", Name = "via", Gateway = "G2" }]);

        Hairpin hairpin = Find(new Meshes().Gateway("G2", "net2", "us/c").With(new Network { Name = "net1", Links = ["net2"] }), policy, At("us/c", 100, cluster: "far")).ShouldHaveSingleItem();

        hairpin.Cause.ShouldBe(HairpinCause.Policy);
        hairpin.Obstacle.ShouldBe("TrafficPolicy shop/via, field gateway, demands G2");
        Text(hairpin).ShouldBe("eu/a -> G2 (us/c) -> us/c instead of eu/a -> us/c");
        (hairpin.Extra.RoundTrip, hairpin.Load).ShouldBe((1.5, 100.0));
    }

    [Fact]
    public void R21_HairpinThatIsNotTaken_IsNotListed_AndIsWhenItIs()
    {
        Meshes world = new Meshes().Gateway("G3", "net3", "us/c");

        Find(world, EffectivePolicy.Default, At("eu/a", 2, cluster: "third"), At("eu/b", 2)).ShouldBeEmpty();
        Hairpin hairpin = Find(world, EffectivePolicy.Default, At("eu/a", 2, cluster: "third"), At("eu/b", 2, healthy: 0)).ShouldHaveSingleItem();
        hairpin.Cause.ShouldBe(HairpinCause.Gateway);
        Text(hairpin).ShouldBe("eu/a -> G3 (us/c) -> eu/a instead of eu/a -> eu/a");
        hairpin.Extra.ShouldBe(new Cost(80 + 80 + 1 - 0.5, 0.04));
        hairpin.Obstacle.ShouldStartWith("network net1 is not linked with net3, and no nearer gateway than RegionGateway G3 is reachable");
    }

    [Fact]
    public void GatewayOnTheWay_IsNoHairpin() =>
        Find(new Meshes().Gateway("G2", "net2", "us/c"), EffectivePolicy.Default, At("us/c", 3, cluster: "far")).ShouldBeEmpty();

    [Fact]
    public void GatewayInAThirdZone_Is()
    {
        Text(Find(new Meshes().Gateway("G2", "net2", "us/d"), EffectivePolicy.Default, At("us/c", 3, cluster: "far")).ShouldHaveSingleItem())
            .ShouldBe("eu/a -> G2 (us/d) -> us/c instead of eu/a -> us/c");
    }

    [Fact]
    public void R11_RouteToTheMeshsOwnGateway_IsListedAsAvoided()
    {
        Topology topology = new Meshes().With(new RegionGateway { Name = "edge", Role = GatewayRole.Ingress, Locality = World.Place("eu/b"), Serves = "shop/edge" }).Topology;
        var router = new ViewRouter(View(), topology);

        Hairpin hairpin = HairpinFinder.OfRoute(router, topology.Gateways.Single(), Cart, At("eu/a", 2).ToValueList(), 0, 80, EffectivePolicy.Default, "HTTPRoute shop/www").ShouldNotBeNull();

        Text(hairpin).ShouldBe("eu/a -> edge (eu/b) -> eu/a instead of eu/a -> eu/a");
        hairpin.IsTaken.ShouldBeFalse();
        hairpin.Extra.ShouldBe(new Cost(1 + 1 + 1 - 0.5, 0.02));
        HairpinFinder.OfRoute(new ViewRouter(View("eu/b"), topology), topology.Gateways.Single(), Cart, At("eu/a", 2).ToValueList(), 0, 80, EffectivePolicy.Default, "x").ShouldBeNull("the gateway is near");
    }

    private static string Text(Hairpin hairpin) => $"{string.Join(" -> ", hairpin.Path)} instead of {string.Join(" -> ", hairpin.Alternative)}";

    private static Hairpin[] Find(Meshes world, EffectivePolicy policy, params IEnumerable<Endpoint>[] endpoints) =>
        [.. HairpinFinder.Of(new ViewRouter(View(), world.Topology), Cart, endpoints.SelectMany(some => some).ToValueList(), 0, 80, policy)];
}
