using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Model;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.EndToEnd.Kubernetes;

public sealed class KubernetesAdapterTests
{
    internal static WatchedSource Watch(KubeApiServer server, KubernetesTimes? times = null, string? kubeconfig = null, params string[] namespaces) =>
        new(new KubernetesAdapter(
            new KubernetesAdapterOptions
            {
                Cluster = "east",
                Kubeconfig = kubeconfig ?? server.Kubeconfig,
                Namespaces = namespaces,
                Times = times ?? new KubernetesTimes { Rediscover = TimeSpan.FromMilliseconds(200) },
            },
            TimeProvider.System));

    [Fact]
    public async Task Watch_FirstPicture_HasServicesWithTheirEndpoints()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.ApplyAsync("""
            apiVersion: v1
            kind: Node
            metadata: {name: node-a, labels: {topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: eu-a}}
            """);
        await server.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: cart-1, namespace: default, annotations: {controlplane/inbound: "8080=15080"}}
            spec: {serviceAccountName: cart, containers: [{name: main, image: x}]}
            """);
        await server.ApplyAsync(KubernetesObjects.Service("cart"));
        await server.ApplyAsync(KubernetesObjects.Slice("cart", "a",
            KubernetesObjects.Endpoint("10.0.0.1", more: ", nodeName: node-a, targetRef: {kind: Pod, name: cart-1, namespace: default}"),
            KubernetesObjects.Endpoint("10.0.0.2", "ready: false, serving: true, terminating: true", ", zone: eu-b"),
            KubernetesObjects.Endpoint("10.0.0.3", "ready: false, serving: false, terminating: true"),
            KubernetesObjects.Endpoint("10.0.0.4", "ready: false")));

        await using WatchedSource source = Watch(server);
        await source.LiveAsync();

        ServicePart cart = source.Find("cart")!;
        cart.Service.ShouldBe(new ServiceId("default", "default", "cart"));
        cart.Ports.ShouldBe([new ServicePort("http", 80, Protocol.Http)]);
        source.Endpoints("cart").ShouldBe("10.0.0.1:15080 Healthy, 10.0.0.2:8080 Draining, 10.0.0.4:8080 Unhealthy");
        cart.Endpoints[0].Locality.ShouldBe(new Locality("eu", "eu-a"));
        cart.Endpoints[0].Identity.ShouldBe("ns/default/sa/cart");
        cart.Endpoints[0].Workload.ShouldBe("cart-1");
        cart.Endpoints[1].Locality.ShouldBe(new Locality("", "eu-b"));
        source.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_Changes_AreReported()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await using WatchedSource source = Watch(server);
        await source.LiveAsync();

        await server.ApplyAsync(KubernetesObjects.Service("cart"));
        await Eventually.Until(() => source.Find("cart") is not null);
        await server.ApplyAsync(KubernetesObjects.Slice("cart", "a", KubernetesObjects.Endpoint("10.0.0.1")));
        await Eventually.Until(() => source.Endpoints("cart") == "10.0.0.1:8080 Healthy");
        await server.ApplyAsync(KubernetesObjects.Slice("cart", "b", KubernetesObjects.Endpoint("10.0.0.2"), KubernetesObjects.Endpoint("10.0.0.1")));
        await Eventually.Until(() => source.Endpoints("cart") == "10.0.0.1:8080 Healthy, 10.0.0.2:8080 Healthy");
        await server.DeleteAsync("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/cart-a");
        await server.DeleteAsync("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/cart-b");
        await Eventually.Until(() => source.Endpoints("cart").Length == 0);
        await server.DeleteAsync("/api/v1/namespaces/default/services/cart");
        await Eventually.Until(() => source.Find("cart") is null);
    }

    [Fact]
    public async Task Watch_WithEndpointsController_FollowsPods()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        server.StartEndpointsController();
        await using WatchedSource source = Watch(server);
        await server.ApplyAsync(KubernetesObjects.Service("cart"));
        await server.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: cart-1, namespace: default, labels: {app: cart}}
            spec: {containers: [{name: main, image: x}]}
            """);
        await server.PatchAsync("/api/v1/namespaces/default/pods/cart-1/status",
            """{"status": {"phase": "Running", "podIP": "10.1.0.1", "podIPs": [{"ip": "10.1.0.1"}], "conditions": [{"type": "Ready", "status": "True"}]}}""");

        await Eventually.Until(() => source.Endpoints("cart") == "10.1.0.1:8080 Healthy", state: () => source.Endpoints("cart"));

        await server.PatchAsync("/api/v1/namespaces/default/pods/cart-1/status", """{"status": {"conditions": [{"type": "Ready", "status": "False"}]}}""");
        await Eventually.Until(() => source.Endpoints("cart") == "10.1.0.1:8080 Unhealthy", state: () => source.Endpoints("cart"));
        await server.DeleteAsync("/api/v1/namespaces/default/pods/cart-1");
        await Eventually.Until(() => source.Endpoints("cart").Length == 0, state: () => source.Endpoints("cart"));
    }

    [Fact]
    public async Task Watch_MoreThanOnePage_ListsAll()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await Parallel.ForAsync(0, 1200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            await server.CreateAsync("/api/v1/namespaces/default/services", KubernetesObjects.ServiceJson(i)));

        await using WatchedSource source = Watch(server);
        await source.LiveAsync();

        source.Services.Count.ShouldBe(1200);
    }

    [Fact]
    public async Task Watch_BadAnnotation_IsAProblem()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.ApplyAsync("""
            apiVersion: v1
            kind: Pod
            metadata: {name: cart-1, namespace: default, annotations: {controlplane/inbound: "8080"}}
            spec: {containers: [{name: main, image: x}]}
            """);
        await using WatchedSource source = Watch(server);
        await source.LiveAsync();

        source.Problems.Select(problem => problem.ToString()).ShouldBe(
        [
            "Pod default/cart-1: metadata.annotations[controlplane/inbound]: expected PORT=LISTEN such as 8080=15080, several joined by ','; found '8080'. The pod is called without its sidecar",
        ]);
        await server.DeleteAsync("/api/v1/namespaces/default/pods/cart-1");
        await Eventually.Until(() => source.Problems.IsEmpty);
    }

    [Fact]
    public async Task Watch_OneNamespace_NeedsNoMore()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: other}\n");
        await server.ApplyAsync(KubernetesObjects.Service("cart"));
        await server.ApplyAsync(KubernetesObjects.Service("cart").Replace("namespace: default", "namespace: other", StringComparison.Ordinal));
        await using WatchedSource source = Watch(server, null, server.NamespaceReaderKubeconfig, "default");
        await source.LiveAsync();

        source.Services.ShouldHaveSingleItem().Service.Namespace.ShouldBe("default");
        source.Problems.ShouldContain(problem => problem.Message.Contains("403", StringComparison.Ordinal));
    }
}
