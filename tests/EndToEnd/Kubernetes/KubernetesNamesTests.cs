using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Kubernetes;

/// <summary>Services of Kubernetes that are more than a name with endpoints, called through a real sidecar.</summary>
[Trait("Engine", "each")]
public sealed class KubernetesNamesTests : IAsyncLifetime
{
    private readonly TemporaryFolder data = new();
    private readonly TemporaryFolder configuration = new();
    private readonly List<IAsyncDisposable> running = [];
    private KubeApiServer east = null!;
    private KubeApiServer west = null!;
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        configuration.Write("clusters.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: east}
            spec: {platform: kubernetes, locality: {region: eu, zone: a}}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: west}
            spec: {platform: kubernetes, locality: {region: us, zone: c}}
            """);
        running.Add(east = await KubeApiServer.StartAsync());
        running.Add(west = await KubeApiServer.StartAsync());
        await InstallAsync(east, "ServiceImport", "serviceimports");
        await InstallAsync(west, "ServiceExport", "serviceexports");
        running.Add(controlPlane = await ControlPlaneProcess.StartAsync(
            data.Path, "--config", configuration.Path, "--kubernetes", $"east={east.Kubeconfig}", "--kubernetes", $"west={west.Kubeconfig}"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(running))
        {
            await one.DisposeAsync();
        }
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task ExternalName_IsCalledByItsOwnName()
    {
        Backend outside = await BackendAsync("outside");
        await east.ApplyAsync($$"""
            apiVersion: v1
            kind: Service
            metadata: {name: pay, namespace: default}
            spec: {type: ExternalName, externalName: localhost, ports: [{name: http, port: {{outside.Port}} }]}
            """);
        using var caller = new Caller((await SidecarAsync("east")).Outbound, "pay.default.svc.cluster.local");

        await caller.UntilAnsweredByAsync("outside");

        outside.Last.Headers["host"].ShouldStartWith("localhost");
        // It becomes a service with pods, as when what is outside moves in.
        Backend inside = await BackendAsync("inside");
        await east.DeleteAsync("/api/v1/namespaces/default/services/pay");
        await ServiceAsync(east, "pay", inside);
        await caller.UntilAllAnsweredByAsync("inside");
    }

    [Fact]
    public async Task Headless_EachPodHasItsName()
    {
        (Backend first, Backend second) = (await BackendAsync("db-0"), await BackendAsync("db-1"));
        await ServiceAsync(east, "db", more: ", clusterIP: None", first, second);
        EnvoyProcess sidecar = await SidecarAsync("east");
        using var service = new Caller(sidecar.Outbound, "db");
        using var pod = new Caller(sidecar.Outbound, "db-1.db.default.svc.cluster.local");

        await pod.UntilAllAnsweredByAsync("db-1");
        Tally both = await service.CallAsync(100);
        (both.Share("db-0"), both.Share("db-1")).ShouldBe((50, 50));

        // Scaled down and up again.
        await SliceAsync(east, "db", first);
        await Eventually.Until(async () => (await pod.TryAsync()).Status == 404);
        await service.UntilAllAnsweredByAsync("db-0");
        await SliceAsync(east, "db", first, second);
        await pod.UntilAllAnsweredByAsync("db-1");
    }

    [Fact]
    public async Task ClusterSet_SharesWhatIsExported()
    {
        (Backend near, Backend far, Backend own) = (await BackendAsync("near"), await BackendAsync("far"), await BackendAsync("own"));
        await ServiceAsync(west, "cart", far);
        await ServiceAsync(west, "admin", own);
        using var cart = new Caller((await SidecarAsync("east")).Outbound, "cart");
        using var admin = new Caller((await SidecarAsync("east")).Outbound, "admin");
        using var westAdmin = new Caller((await SidecarAsync("west")).Outbound, "admin");
        // Where the kind is installed, nothing is shared that is not exported.
        await westAdmin.UntilAnsweredByAsync("own");
        (await admin.TryAsync()).Status.ShouldBe(503);
        (await cart.TryAsync()).Status.ShouldBe(503);

        await west.ApplyAsync("""
            apiVersion: multicluster.x-k8s.io/v1alpha1
            kind: ServiceExport
            metadata: {name: cart, namespace: default}
            """);
        await cart.UntilAllAnsweredByAsync("far");
        using var setWide = new Caller((await SidecarAsync("east")).Outbound, "cart.default.svc.clusterset.local");
        await setWide.UntilAllAnsweredByAsync("far");

        // The near one first, the far one when that fails.
        await ServiceAsync(east, "cart", near);
        await setWide.UntilAllAnsweredByAsync("near");
        await SliceAsync(east, "cart");
        await setWide.UntilAllAnsweredByAsync("far");
        // No longer exported.
        await west.DeleteAsync("/apis/multicluster.x-k8s.io/v1alpha1/namespaces/default/serviceexports/cart");
        await Eventually.Until(async () => (await cart.TryAsync()).Status == 503);
        (await controlPlane.ListAsync("endpoints")).Count(endpoint => endpoint!["local"]!.GetValue<bool>()).ShouldBe(2);
    }

    [Fact]
    public async Task ServiceImport_IsAServiceWithThePortsThatItSays()
    {
        await east.ApplyAsync("""
            apiVersion: multicluster.x-k8s.io/v1alpha1
            kind: ServiceImport
            metadata: {name: ledger, namespace: default}
            spec: {type: ClusterSetIP, ports: [{name: http, port: 8080, protocol: TCP}]}
            """);

        await Eventually.Until(async () => (await controlPlane.ListAsync("services")).Count > 0);

        System.Text.Json.Nodes.JsonNode service = (await controlPlane.ListAsync("services")).Single()!;
        (service["name"]!.GetValue<string>(), service["exported"]!.GetValue<bool>(), service["ports"]![0]!["port"]!.GetValue<int>()).ShouldBe(("ledger", true, 8080));
    }

    private async Task<Backend> BackendAsync(string name)
    {
        Backend backend = await Backend.StartAsync(name);
        running.Add(backend);
        return backend;
    }

    private async Task<EnvoyProcess> SidecarAsync(string cluster)
    {
        EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, $"web-{running.Count}", "--cluster", cluster, "--namespace", "default");
        running.Add(sidecar);
        return sidecar;
    }

    private static Task ServiceAsync(KubeApiServer server, string name, params Backend[] pods) => ServiceAsync(server, name, more: "", pods);

    private static async Task ServiceAsync(KubeApiServer server, string name, string more, params Backend[] pods)
    {
        await server.ApplyAsync($$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{name}}, namespace: default}
            spec: {ports: [{name: http, port: 80}]{{more}} }
            """);
        await SliceAsync(server, name, pods);
    }

    // One slice for each pod, since each has a port of its own.
    private static async Task SliceAsync(KubeApiServer server, string name, params Backend[] pods)
    {
        foreach (int index in Enumerable.Range(0, 2))
        {
            string endpoints = index < pods.Length ? $$"""{addresses: ["{{pods[index].Address}}"], hostname: {{pods[index].Name}}}""" : "";
            await server.ApplyAsync($$"""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: {{name}}-{{index}}, namespace: default, labels: {kubernetes.io/service-name: {{name}} } }
                addressType: IPv4
                ports: [{name: http, port: {{(index < pods.Length ? pods[index].Port : 80)}} }]
                endpoints: [{{endpoints}}]
                """);
        }
    }

    // As the Multi-Cluster Services API has them, as far as they are read.
    private static Task InstallAsync(KubeApiServer server, string kind, string plural) => server.ApplyAsync($$$"""
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: {{{plural}}}.multicluster.x-k8s.io}
        spec:
          group: multicluster.x-k8s.io
          scope: Namespaced
          names: {kind: {{{kind}}}, listKind: {{{kind}}}List, plural: {{{plural}}}, singular: {{{kind.ToLowerInvariant()}}} }
          versions:
          - name: v1alpha1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """);
}
