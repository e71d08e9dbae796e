using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>An ingress gateway for <c>Gateway</c> and <c>HTTPRoute</c> objects.</summary>
public sealed class GatewayTests : IAsyncLifetime
{
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private readonly int port = Loopback.FreePort();
    private Backend[] backends = [];
    private ControlPlaneProcess controlPlane = null!;
    private EnvoyProcess gateway = null!;

    public async ValueTask InitializeAsync()
    {
        backends = await Backend.StartAllAsync("v1", "v2", "old");
        configuration.Service("cart-v1", [(backends[0], "eu-a", "Healthy")]);
        configuration.Service("cart-v2", [(backends[1], "eu-a", "Healthy")]);
        configuration.Service("old", [(backends[2], "eu-a", "Healthy")]);
        configuration.Write("gateway.yaml", $$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: shop}
            spec:
              gatewayClassName: controlplane
              listeners:
              - {name: shop, port: {{port}}, protocol: HTTP, hostname: "*.example.com"}
            """);
        Route("""
            - matches: [{path: {type: Exact, value: /exact}}]
              backendRefs: [{name: old, port: 80}]
            - matches: [{path: {type: PathPrefix, value: /cart}, headers: [{name: version, value: "2"}]}]
              backendRefs: [{name: cart-v2, port: 80}]
            - matches: [{path: {type: PathPrefix, value: /cart}}]
              backendRefs: [{name: cart-v1, port: 80}]
            - matches: [{path: {type: PathPrefix, value: /split}}]
              backendRefs: [{name: cart-v1, port: 80, weight: 3}, {name: cart-v2, port: 80, weight: 1}]
            - matches: [{path: {type: PathPrefix, value: /missing}}]
              backendRefs: [{name: nobody, port: 80}]
            """);
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);
        gateway = await EnvoyProcess.StartAsync(controlPlane, "edge-1", "--kind", "gateway", "--gateway", "edge", "--cluster", "eu-a", "--namespace", "shop");
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await controlPlane.DisposeAsync();
        await Task.WhenAll(backends.Select(backend => backend.DisposeAsync().AsTask()));
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Requests_GoWhereTheRoutesSay()
    {
        using Caller caller = To("shop.example.com");
        await Eventually.Until(async () => (await caller.TryAsync("/cart")).Status == 200);

        (await caller.CallAsync("/cart")).Body.ShouldBe("v1");
        (await caller.CallAsync("/cart/items")).Body.ShouldBe("v1");
        (await caller.CallAsync("/cart", ("version", "2"))).Body.ShouldBe("v2");
        (await caller.CallAsync("/exact")).Body.ShouldBe("old");
        (await caller.CallAsync("/exact/not")).Status.ShouldBe(404);
        (await caller.CallAsync("/cartwheel")).Status.ShouldBe(404);
        (await caller.CallAsync("/missing")).Status.ShouldBe(500);
        using Caller elsewhere = To("shop.example.org");
        (await elsewhere.CallAsync("/cart")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Weights_ShareTheRequests()
    {
        using Caller caller = To("shop.example.com");
        await Eventually.Until(async () => (await caller.TryAsync("/split")).Status == 200);
        int first = 0;
        for (int i = 0; i < 1000; i++)
        {
            first += (await caller.CallAsync("/split")).Body == "v1" ? 1 : 0;
        }

        first.ShouldBeInRange(690, 810);
    }

    [Fact]
    public async Task Route_ThatChanges_IsFollowed_AndOneThatIsNotSupportedIsRefusedByName()
    {
        using Caller caller = To("shop.example.com");
        await Eventually.Until(async () => (await caller.TryAsync("/cart")).Status == 200);
        Route("""
            - backendRefs: [{name: cart-v2, port: 80}]
            """);
        await Eventually.Until(async () => (await caller.TryAsync("/cart")).Body == "v2");

        Route("""
            - filters: [{type: RequestMirror, requestMirror: {backendRef: {name: old, port: 80}}}]
              backendRefs: [{name: cart-v1, port: 80}]
            """);
        await Eventually.Until(async () => (await controlPlane.GetAsync("configuration"))["problems"]!.AsArray().Count > 0);

        string problem = (await controlPlane.GetAsync("configuration"))["problems"]![0]!.ToJsonString();
        problem.ShouldContain("route.yaml:");
        problem.ShouldContain("spec.rules[0].filters");
        problem.ShouldContain("not supported yet");
        (await caller.CallAsync("/cart")).Body.ShouldBe("v2");
    }

    [Fact]
    public async Task Listener_ThatEnvoyRejects_IsShownWithItsWordsAndItsObject()
    {
        using var taken = new TcpListener(IPAddress.Parse(gateway.OutboundAddress), 0) { ExclusiveAddressUse = true };
        taken.Start();
        int busy = ((IPEndPoint)taken.LocalEndpoint).Port;

        configuration.Write("other.yaml", $$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: shop}
            spec:
              gatewayClassName: controlplane
              listeners:
              - {name: shop, port: {{port}}, protocol: HTTP, hostname: "*.example.com"}
              - {name: busy, port: {{busy}}, protocol: HTTP}
            """);
        configuration.Delete("gateway.yaml");

        await Eventually.Until(async () => (await controlPlane.ListAsync("proxies?state=Rejected")).Count == 1);
        JsonNode type = (await controlPlane.GetAsync("proxies/edge-1"))["types"]!.AsArray().Single(type => type!["isRejected"]!.GetValue<bool>())!;
        type["type"]!.GetValue<string>().ShouldBe("Listener");
        JsonNode rejection = type["rejections"]!.AsArray()[^1]!;
        rejection["message"]!.GetValue<string>().ShouldContain("cannot bind");
        rejection["resources"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe($"shop.edge.{busy}");
        rejection["origins"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldContain("other.yaml:");
        // The other listener is served all the same.
        using Caller caller = To("shop.example.com");
        await Eventually.Until(async () => (await caller.TryAsync("/cart")).Status == 200);
    }

    private Caller To(string host) => new(new Uri($"http://{gateway.OutboundAddress}:{port}/"), host);

    private void Route(string rules) => configuration.Write("route.yaml", $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop, namespace: shop}
        spec:
          parentRefs: [{name: edge}]
          hostnames: [shop.example.com]
          rules:
        {{string.Join('\n', rules.Split('\n').Select(line => "  " + line))}}
        """);
}
