using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.Unit;
using ControlPlane.Tests.Unit.Resources;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Views;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>What proxies are served is valid for the real Envoy, which checks more than the schema.</summary>
public sealed class ValidateTests
{
    private static readonly ServiceRecord[] Services = [
        .. System.Enum.GetValues<Protocol>().Select((protocol, index) => Worlds.Service(
            $"service-{index}", [new ServicePort("main", 80, protocol) { LoopbackPort = protocol.IsHttp() ? 0 : 20_000 + index }], Samples.Endpoint($"10.0.0.{index + 1}"))),
        Worlds.Service("Odd_Name.of-a-service", [Samples.Http, new ServicePort("admin", 9090, Protocol.Http)])];

    [Fact]
    public async Task Sidecar_WithEveryKindOfService_IsValid()
    {
        ProxyNode node = Worlds.Sidecar();
        node.Metadata!.Fields["controlplane"].StructValue.Fields["inbound"] = Value.ForList(
            [.. System.Enum.GetValues<Protocol>().Select((protocol, index) => Inbound(8080 + index, 15080 + index, protocol))]);
        var policy = new TrafficPolicy { Namespace = "shop", Name = "p", Retries = 5, PanicThreshold = 30, Overprovisioning = 200 };

        await IsValidAsync(Admit(node, policy));
    }

    [Fact]
    public async Task Gateway_WithEveryKindOfMatch_IsValid() => await IsValidAsync(Admit(Worlds.Gateway("edge"), Gateway, Route(
        new HttpMatch(PathMatchType.Exact, "/a", [], ""),
        new HttpMatch(PathMatchType.PathPrefix, "/", [], "GET"),
        new HttpMatch(PathMatchType.PathPrefix, "/a/", [new HeaderMatch("x-a", "1", false), new HeaderMatch("x-b", "v[0-9]+", true)], ""),
        new HttpMatch(PathMatchType.RegularExpression, "/(x|y)/[a-z]+", [], "POST"))));

    [Fact]
    public async Task Gateway_WithoutRoutes_IsValid() => await IsValidAsync(Admit(Worlds.Gateway("edge"), Gateway));

    /// <summary>The check can fail: adapters refuse such an expression before it comes this far.</summary>
    [Fact]
    public async Task Gateway_WithAnExpressionThatIsNone_IsRefusedByEnvoy()
    {
        (int exitCode, string output) = await EnvoyValidation.RunAsync(
            Admit(Worlds.Gateway("edge"), Gateway, Route(new HttpMatch(PathMatchType.RegularExpression, "/(", [], ""))));

        exitCode.ShouldBe(1, output);
        output.ShouldContain("missing )");
    }

    private static Gateway Gateway { get; } = new()
    {
        Namespace = "shop",
        Name = "edge",
        Listeners = [
            new GatewayListener("http", 8000, "", RoutesFrom.Same), new GatewayListener("named", 8000, "*.example.com", RoutesFrom.All),
            new GatewayListener("other", 8001, "www.example.com", RoutesFrom.Same)],
    };

    private static HttpRoute Route(params HttpMatch[] matches) => new()
    {
        Namespace = "shop",
        Name = "web",
        Parents = [new ParentReference("shop", "edge", "", 0)],
        Rules = [
            new HttpRouteRule(matches.ToValueList(), [new BackendReference("shop", "service-1", 80, 3), new BackendReference("shop", "service-3", 80, 1), new BackendReference("shop", "gone", 80, 1)]),
            new HttpRouteRule([], [new BackendReference("shop", "service-2", 80, 1)]),
            new HttpRouteRule([new HttpMatch(PathMatchType.Exact, "/gone", [], "")], [])],
    };

    private static async Task IsValidAsync(ProxyResources resources)
    {
        (int exitCode, string output) = await EnvoyValidation.RunAsync(resources);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("OK");
    }

    private static ProxyResources Admit(ProxyNode node, params ConfigObject[] objects)
    {
        var host = new ViewHost();
        host.OnChanged(Worlds.Of(Services, objects), new CatalogChange([.. Services.Select(service => service.Service)], Configuration: true, Completeness: true));
        return host.Admit(node, StreamCredentials.None).Resources.ShouldNotBeNull();
    }

    private static Value Inbound(int port, int listen, Protocol protocol) => Value.ForStruct(new Struct
    {
        Fields = { ["port"] = Value.ForNumber(port), ["listen"] = Value.ForNumber(listen), ["protocol"] = Value.ForString(protocol.ToString()) },
    });
}
