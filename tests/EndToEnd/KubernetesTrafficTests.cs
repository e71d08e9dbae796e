using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Kubernetes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>Services from a real Kubernetes API, requests through a real sidecar.</summary>
[Trait("Engine", "each")]
public sealed class KubernetesTrafficTests : IAsyncLifetime
{
    private const string EnvoyCluster = "p80.cart.default.default.mesh";
    private readonly TemporaryFolder data = new();
    private readonly TemporaryFolder configuration = new();
    private readonly List<IAsyncDisposable> running = [];
    private KubeApiServer server = null!;
    private KubernetesWorkloads cart = null!;
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        configuration.Write("clusters.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: east}
            spec: {platform: kubernetes, locality: {region: eu}}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: west}
            spec: {platform: kubernetes, locality: {region: us, zone: c}}
            """);
        server = await KubeApiServer.StartAsync();
        server.StartEndpointsController();
        cart = new KubernetesWorkloads(server, "cart");
        await cart.CreateAsync(("eu", "a"), ("eu", "b"));
        await cart.StartPodAsync("a-0", "a");
        await cart.StartPodAsync("a-1", "a");
        await cart.StartPodAsync("b-0", "b");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(running))
        {
            await one.DisposeAsync();
        }
        await controlPlane.DisposeAsync();
        await cart.DisposeAsync();
        await server.DisposeAsync();
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Pods_ThatComeAndGoUnderLoad_LoseNoRequest()
    {
        await StartAsync("--start-grace", "500ms");
        EnvoyProcess sidecar = await SidecarAsync();
        using var caller = new Caller(sidecar.Outbound, "cart");
        await caller.UntilAnsweredByAsync("a");
        await HostsAsync(sidecar, 3);
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(100);

        // Added: first not ready, then it is.
        await cart.StartPodAsync("a-2", "a", ready: false);
        await load.UntilMoreAsync(100);
        await cart.SetReadyAsync("a-2", true);
        await caller.UntilAnsweredByAsync("a-2");
        // Made unready, and ready again.
        await cart.SetReadyAsync("a-0", false);
        await Eventually.Until(async () => (await sidecar.HostsAsync(EnvoyCluster)).Values.Count(health => health == "UNHEALTHY") == 1);
        await load.UntilMoreAsync(100);
        await cart.SetReadyAsync("a-0", true);
        // Terminated: drained first, then stopped, as a kubelet does.
        foreach (string pod in (string[])["a-0", "a-1", "a-2"])
        {
            await cart.TerminateAsync(pod);
            await LeftAsync(sidecar, cart.Pods[pod]);
            await load.UntilMoreAsync(50);
            await cart.StopAsync(pod);
        }
        await caller.UntilAllAnsweredByAsync("b");
        await cart.StartPodAsync("a-3", "a");
        await caller.UntilAllAnsweredByAsync("a-3");

        Tally tally = await load.StopAsync();
        tally.Failures.ShouldBeEmpty(tally.ToString());
    }

    [Fact]
    public async Task Service_ThatIsDeletedAndMadeAgain_WorksAgain()
    {
        await StartAsync();
        EnvoyProcess sidecar = await SidecarAsync();
        using var caller = new Caller(sidecar.Outbound, "cart.default.svc.cluster.local");
        await caller.UntilAnsweredByAsync("a");

        await server.DeleteAsync("/api/v1/namespaces/default/services/cart");
        await Eventually.Until(async () => (await caller.TryAsync()).Status is 404 or 503);
        await cart.CreateAsync();

        await caller.UntilAllAnsweredByAsync("a");
    }

    [Fact]
    public async Task ApiServer_KilledAndCompacted_IsStaleAndLosesNothing()
    {
        await StartAsync();
        EnvoyProcess sidecar = await SidecarAsync();
        using var caller = new Caller(sidecar.Outbound, "cart");
        await caller.UntilAnsweredByAsync("a");
        Load load = caller.StartLoad();

        await server.KillAsync();
        await StateAsync("Stale");
        (await controlPlane.GetAsync("sources/kubernetes/east"))["reason"]!.GetValue<string>().ShouldNotBeEmpty();
        await Eventually.Until(async () => (await controlPlane.GetAsync("clusters/east"))["staleSince"] is not null);
        (await controlPlane.ListAsync("endpoints")).Count.ShouldBe(3);
        await load.UntilMoreAsync(100);
        await server.RestartAsync();
        await StateAsync("Live");
        await server.CompactAsync();
        server.StartEndpointsController();
        await cart.StartPodAsync("a-2", "a");
        await caller.UntilAnsweredByAsync("a-2");
        await StateAsync("Live");

        (await load.StopAsync()).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Restart_WhileTheApiServerIsDown_ServesEverything()
    {
        await StartAsync();
        await Eventually.Until(async () => (await controlPlane.ListAsync("endpoints?health=Healthy")).Count == 3);
        await StateAsync("Live");
        string before = await ServicesAsync();
        // What is known is written within a second.
        await Eventually.Until(async () => await controlPlane.MetricAsync("controlplane_catalog_unwritten") == 0);
        await server.KillAsync();
        await controlPlane.KillAsync();

        await controlPlane.RestartAsync();

        (await ServicesAsync()).ShouldBe(before);
        EnvoyProcess sidecar = await SidecarAsync();
        using var caller = new Caller(sidecar.Outbound, "cart");
        await caller.UntilAnsweredByAsync("a");
        await StateAsync("Stale");
        await server.RestartAsync();
        await StateAsync("Live");
    }

    [Fact]
    public async Task TwoClusters_WithTheSameService_AreMergedEachWithItsLocality()
    {
        await using KubeApiServer other = await KubeApiServer.StartAsync();
        other.StartEndpointsController();
        await using var westCart = new KubernetesWorkloads(other, "cart");
        await westCart.CreateAsync();
        await westCart.StartPodAsync("c-0", "c");
        await StartAsync("--kubernetes", $"west={other.Kubeconfig}");
        EnvoyProcess sidecar = await SidecarAsync();
        using var caller = new Caller(sidecar.Outbound, "cart");
        await HostsAsync(sidecar, 4);
        await caller.UntilAllAnsweredByAsync("a");

        JsonNode service = (await controlPlane.GetAsync("services/default/default/cart"));
        service["service"]!["sources"]!.AsArray().Select(source => source!["source"]!.GetValue<string>()).ShouldBe(["kubernetes/east", "kubernetes/west"]);
        service["endpoints"]!.AsArray().Select(endpoint => $"{endpoint!["locality"]!["region"]}/{endpoint["locality"]!["zone"]}").Order()
            .ShouldBe(["eu/a", "eu/a", "eu/b", "us/c"]);
        foreach (string pod in (string[])["a-0", "a-1", "b-0"])
        {
            await cart.SetReadyAsync(pod, false);
        }
        await caller.UntilAllAnsweredByAsync("c-0");
    }

    [Fact]
    public async Task Gateway_FromKubernetes_IsServed()
    {
        int port = Loopback.FreePort();
        await server.InstallGatewayApiAsync();
        await server.ApplyAsync($$$$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: default}
            spec:
              gatewayClassName: controlplane
              listeners: [{name: http, port: {{{{port}}}}, protocol: HTTP}]
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: cart, namespace: default}
            spec:
              parentRefs: [{name: edge}]
              rules:
              - matches: [{path: {type: PathPrefix, value: /cart}}]
                backendRefs: [{name: cart, port: 80}]
            """);
        await StartAsync();
        EnvoyProcess gateway = await EnvoyProcess.StartAsync(controlPlane, "edge-1", "--kind", "gateway", "--gateway", "edge", "--cluster", "east");
        running.Add(gateway);
        using var caller = new Caller(new Uri($"http://{gateway.OutboundAddress}:{port}/"), "anything.example");

        await Eventually.Until(async () => (await caller.TryAsync("/cart")).Status == 200);

        (await caller.CallAsync("/")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Pod_ThatDeclaresItsSidecar_IsCalledThroughIt()
    {
        await StartAsync();
        await using Backend application = await Backend.StartAsync("behind-sidecar");
        int listen = Loopback.FreePort();
        EnvoyProcess appSidecar = await EnvoyProcess.StartAsync(controlPlane, "app-1", "--cluster", "east", "--inbound", $"{application.Port}={listen}:HTTP");
        running.Add(appSidecar);
        await server.ApplyAsync($$$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: app, namespace: default}
            spec: {ports: [{name: http, port: 80, targetPort: {{{{application.Port}}}}}], selector: {app: app}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: app-1, namespace: default, labels: {app: app}, annotations: {controlplane/inbound: "{{{{application.Port}}}}={{{{listen}}}}"}}
            spec: {nodeName: node-a, containers: [{name: main, image: x}]}
            """);
        await server.PatchAsync("/api/v1/namespaces/default/pods/app-1/status", $$$$"""
            {"status": {"phase": "Running", "podIP": "{{{{appSidecar.OutboundAddress}}}}", "podIPs": [{"ip": "{{{{appSidecar.OutboundAddress}}}}"}],
             "conditions": [{"type": "Ready", "status": "True"}]}}
            """);
        EnvoyProcess sidecar = await SidecarAsync();
        using var caller = new Caller(sidecar.Outbound, "app");

        await caller.UntilAnsweredByAsync("behind-sidecar");

        (await sidecar.HostsAsync("p80.app.default.default.mesh")).Keys.ShouldBe([$"{appSidecar.OutboundAddress}:{listen}"]);
        (await appSidecar.StatAsync($"cluster.inbound.{application.Port}.upstream_rq_total")).ShouldBeGreaterThan(0);
    }

    private async Task StartAsync(params string[] options) =>
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, ["--config", configuration.Path, "--kubernetes", $"east={server.Kubeconfig}", .. options]);

    private async Task<EnvoyProcess> SidecarAsync()
    {
        EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "east", "--region", "eu", "--zone", "a");
        running.Add(sidecar);
        return sidecar;
    }

    private Task StateAsync(string state) =>
        Eventually.Until(async () => (await controlPlane.GetAsync("sources/kubernetes/east"))["state"]!.GetValue<string>() == state, state: () => controlPlane.Output);

    private async Task<string> ServicesAsync() => string.Join('\n', (await controlPlane.ListAsync("endpoints")).Select(endpoint => endpoint!.ToJsonString()));

    private static Task HostsAsync(EnvoyProcess sidecar, int count) => Eventually.Until(async () => (await sidecar.HostsAsync(EnvoyCluster)).Count == count);

    // The proxy sends it nothing new any more.
    private static Task LeftAsync(EnvoyProcess sidecar, Backend pod) => Eventually.Until(async () =>
        !(await sidecar.HostsAsync(EnvoyCluster)).TryGetValue($"{pod.Address}:{pod.Port}", out string? health) || health == "DRAINING");
}
