using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Route.V3;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>The host names by which a sidecar's application reaches services.</summary>
public sealed class OutboundRouteTests
{
    private static readonly ServicePort Admin = new("admin", 9090, Protocol.Http);

    [Fact]
    public void Domains_OfTheOnlyPort_AreAllFormsWithAndWithoutIt() =>
        Generate("shop", Worlds.Service("cart", [Admin])).ShouldHaveSingleItem().Domains.ShouldBe(
            [
                "cart", "cart:9090", "cart.shop", "cart.shop:9090", "cart.shop.svc", "cart.shop.svc:9090",
                "cart.shop.svc.cluster.local", "cart.shop.svc.cluster.local:9090", "cart.shop.default.mesh", "cart.shop.default.mesh:9090",
            ],
            ignoreOrder: true);

    [Fact]
    public void Domains_ForACallerInAnotherNamespace_AreWithoutTheShortForm()
    {
        VirtualHost host = Generate("bank", Worlds.Service("cart")).ShouldHaveSingleItem();

        host.Domains.ShouldNotContain("cart");
        host.Domains.ShouldNotContain("cart:80");
        host.Domains.ShouldContain("cart.shop");
    }

    [Fact]
    public void Domains_OfSeveralPorts_WithoutAPortAreThoseOf80()
    {
        VirtualHost[] hosts = [.. Generate("shop", Worlds.Service("cart", [Admin, Samples.Http]))];

        hosts.Single(host => host.Name.StartsWith("p80.", StringComparison.Ordinal)).Domains.ShouldContain("cart");
        hosts.Single(host => host.Name.StartsWith("p9090.", StringComparison.Ordinal)).Domains.ShouldBe(
            ["cart:9090", "cart.shop:9090", "cart.shop.svc:9090", "cart.shop.svc.cluster.local:9090", "cart.shop.default.mesh:9090"], ignoreOrder: true);
    }

    [Fact]
    public void Domains_BesideATcpPort_TheOnlyHttpPortNeedsNone() =>
        Generate("shop", Worlds.Service("cart", [Admin, new ServicePort("db", 5432, Protocol.Tcp)])).ShouldHaveSingleItem().Domains.ShouldContain("cart");

    [Fact]
    public void Domains_OfAllServices_AreUnique()
    {
        ServiceRecord other = Worlds.Service("x") with { Service = new ServiceId("default", "svc", "cart.shop") };

        string[] domains = [.. Generate("shop", Worlds.Service("cart"), Worlds.Service("pay", [Admin, Samples.Http]), other).SelectMany(host => host.Domains)];

        domains.Distinct().Count().ShouldBe(domains.Length);
    }

    [Fact]
    public void Route_WithAPolicy_HasItsRetries()
    {
        var none = new TrafficPolicy { Namespace = "shop", Name = "p", Retries = 0 };

        Generate("shop", [Worlds.Service("cart")], none).Single().Routes[0].Route_.RetryPolicy.ShouldBeNull();
        RouteAction action = Generate("shop", Worlds.Service("cart")).Single().Routes[0].Route_;
        action.RetryPolicy.NumRetries.ShouldBe(2u);
        action.Cluster.ShouldBe("p80.cart.shop.default.mesh");
        action.Timeout.ToTimeSpan().ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void R11_PublicHostOfTheMeshsOwnGateway_GoesDirect()
    {
        ConfigObject[] objects = [
            new RegionGateway { Name = "edge", Role = GatewayRole.Ingress, Locality = new("eu", "b"), Serves = "shop/edge" },
            new Gateway { Namespace = "shop", Name = "edge", Listeners = [new GatewayListener("http", 8080, "", RoutesFrom.Same)] },
            new HttpRoute
            {
                Namespace = "shop", Name = "www", Parents = [new ParentReference("shop", "edge", "", 0)], Hostnames = ["www.example.com"],
                Rules = [new HttpRouteRule([new HttpMatch(PathMatchType.PathPrefix, "/cart", default, "")], [new BackendReference("shop", "cart", 80, 1)])],
            },
        ];

        VirtualHost host = Generate("shop", [Worlds.Service("cart")], objects).Single(host => host.Name.StartsWith("www."));

        host.Domains.ShouldBe(["www.example.com", "www.example.com:8080"]);
        host.Routes.Single().Route_.Cluster.ShouldBe("p80.cart.shop.default.mesh");
        Generate("shop", [Worlds.Service("cart")], objects[1..]).ShouldNotContain(other => other.Name.StartsWith("www."), "whose gateway it is nobody says");
    }

    private static VirtualHost[] Generate(string ns, params ServiceRecord[] services) => Generate(ns, services, []);

    private static VirtualHost[] Generate(string ns, ServiceRecord[] services, params ConfigObject[] objects) =>
        [.. OutboundRouteGenerator.Generate(services, "default", ns, new RoutingContext(Worlds.Of(services, objects))).VirtualHosts];
}
