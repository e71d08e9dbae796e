using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Route.V3;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>HTTPRoutes as an ingress gateway has them.</summary>
public sealed class GatewayRouteTests
{
    private static readonly ServiceRecord[] Services = [Worlds.Service("cart"), Worlds.Service("pay")];

    [Fact]
    public void Routes_AreInTheOrderOfTheGatewayApi()
    {
        HttpRoute route = Route("web", [
            Rule(Match(PathMatchType.PathPrefix, "/")),
            Rule(Match(PathMatchType.PathPrefix, "/cart")),
            Rule(Match(PathMatchType.PathPrefix, "/cart/items/")),
            Rule(Match(PathMatchType.RegularExpression, "/c.*")),
            Rule(Match(PathMatchType.Exact, "/cart")),
            Rule(Match(PathMatchType.PathPrefix, "/cart", method: "GET")),
            Rule(Match(PathMatchType.PathPrefix, "/cart", header: new HeaderMatch("x-a", "1", false))),
            Rule(Match(PathMatchType.Exact, "/cart", header: new HeaderMatch("x-a", "b.*", true)))]);

        Generate(route).ShouldHaveSingleItem().Routes.Select(Describe).ShouldBe([
            "= /cart x-a", "= /cart", "~ /c.*", "/cart/items", "/cart :method", "/cart x-a", "/cart", "prefix /"]);
    }

    [Fact]
    public void Routes_ThatAreEquallySpecific_GoByNameAndThenByPlace()
    {
        HttpRoute b = Route("b", [Rule(Match(PathMatchType.PathPrefix, "/x"), "pay")]);
        HttpRoute a = Route("a", [Rule(Match(PathMatchType.PathPrefix, "/x"), "cart"), Rule(Match(PathMatchType.PathPrefix, "/x"), "pay")]);

        Generate(b, a).ShouldHaveSingleItem().Routes.Select(route => route.Route_.Cluster).ShouldBe([
            "p80.cart.shop.default.mesh", "p80.pay.shop.default.mesh", "p80.pay.shop.default.mesh"]);
    }

    [Fact]
    public void Backends_WithWeights_KeepThem_AndThoseOfNothingGetTheirShare()
    {
        HttpRoute route = Route("web", [new HttpRouteRule([], [Backend("cart", 3), Backend("gone", 1), Backend("pay", 0)])]);

        RouteAction action = Generate(route).Single().Routes.Single().Route_;

        action.WeightedClusters.Clusters.Select(cluster => (cluster.Name, cluster.Weight)).ShouldBe([
            ("p80.cart.shop.default.mesh", 3u), ("p80.gone.shop.default.mesh", 1u)]);
        action.ClusterNotFoundResponseCode.ShouldBe(RouteAction.Types.ClusterNotFoundResponseCode.InternalServerError);
    }

    [Fact]
    public void Backends_NoneOfWhichIsThere_Answer500()
    {
        foreach (ValueList<BackendReference> backends in (ValueList<BackendReference>[])[[], [Backend("gone", 1)], [Backend("cart", 0)], [Backend("cart", 1) with { Namespace = "bank" }]])
        {
            Generate(Route("web", [new HttpRouteRule([], backends)])).Single().Routes.Single().DirectResponse.Status.ShouldBe(500u);
        }
    }

    [Theory]
    [InlineData("", "", "*")]
    [InlineData("*.example.com", "", "*.example.com")]
    [InlineData("", "a.example.com", "a.example.com")]
    [InlineData("*.example.com", "a.example.com", "a.example.com")]
    [InlineData("a.example.com", "*.example.com", "a.example.com")]
    [InlineData("*.example.com", "*.a.example.com", "*.a.example.com")]
    [InlineData("a.example.com", "b.example.com", null)]
    [InlineData("*.example.com", "example.com", null)]
    public void Hosts_AreThoseThatRouteAndListenerHaveInCommon(string listener, string route, string? expected)
    {
        Gateway gateway = Gateway(new GatewayListener("http", 80, listener, RoutesFrom.Same));
        HttpRoute web = Route("web", [Rule(Match(PathMatchType.PathPrefix, "/"))]) with { Hostnames = route.Length == 0 ? [] : [route] };

        Generate(gateway, web).Select(host => host.Domains.Single()).ShouldBe(expected is null ? [] : [expected]);
    }

    [Fact]
    public void Routes_OfAnotherNamespace_AttachOnlyWhereTheListenerSaysSo()
    {
        HttpRoute foreign = Route("web", [Rule(Match(PathMatchType.PathPrefix, "/"))]) with { Namespace = "bank" };

        Generate(Gateway(new GatewayListener("http", 80, "", RoutesFrom.Same)), foreign).ShouldBeEmpty();
        Generate(Gateway(new GatewayListener("http", 80, "", RoutesFrom.All)), foreign).ShouldHaveSingleItem();
    }

    [Fact]
    public void Routes_ThatNameAnotherListenerOrPort_DoNotAttach()
    {
        HttpRoute route = Route("web", [Rule(Match(PathMatchType.PathPrefix, "/"))]);

        Generate(route with { Parents = [new ParentReference("shop", "edge", "other", 0)] }).ShouldBeEmpty();
        Generate(route with { Parents = [new ParentReference("shop", "edge", "", 81)] }).ShouldBeEmpty();
        Generate(route with { Parents = [new ParentReference("shop", "edge", "http", 80)] }).ShouldHaveSingleItem();
    }

    private static VirtualHost[] Generate(params HttpRoute[] routes) => Generate(Gateway(new GatewayListener("http", 80, "", RoutesFrom.Same)), routes);

    private static VirtualHost[] Generate(Gateway gateway, params HttpRoute[] routes)
    {
        var context = new RoutingContext(Worlds.Of(Services, [gateway, .. routes]));
        return [.. GatewayRoutes.Generate("shop.edge.80", gateway, 80, "default", context).VirtualHosts];
    }

    private static Gateway Gateway(params GatewayListener[] listeners) => new() { Namespace = "shop", Name = "edge", Listeners = listeners.ToValueList() };

    private static HttpRoute Route(string name, HttpRouteRule[] rules) =>
        new() { Namespace = "shop", Name = name, Parents = [new ParentReference("shop", "edge", "", 0)], Rules = rules.ToValueList() };

    private static HttpRouteRule Rule(HttpMatch match, string backend = "cart") => new([match], [Backend(backend, 1)]);

    private static HttpMatch Match(PathMatchType type, string path, string method = "", HeaderMatch? header = null) =>
        new(type, path, header is null ? [] : [header], method);

    private static BackendReference Backend(string name, int weight) => new("shop", name, 80, weight);

    private static string Describe(Route route)
    {
        string path = route.Match.PathSpecifierCase switch
        {
            RouteMatch.PathSpecifierOneofCase.Path => $"= {route.Match.Path}",
            RouteMatch.PathSpecifierOneofCase.SafeRegex => $"~ {route.Match.SafeRegex.Regex}",
            RouteMatch.PathSpecifierOneofCase.Prefix => $"prefix {route.Match.Prefix}",
            _ => route.Match.PathSeparatedPrefix,
        };
        return string.Join(' ', route.Match.Headers.Select(header => header.Name).Prepend(path));
    }
}
