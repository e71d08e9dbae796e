using ControlPlane.Model.Configuration;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.EndToEnd.Kubernetes;

public sealed class KubernetesConfigurationTests
{
    private const string Route = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: web, namespace: default}
        spec:
          parentRefs: [{name: edge}]
          rules:
            - matches: [{path: {type: PathPrefix, value: /cart}}]
              backendRefs: [{name: cart, port: 80}]
        """;

    private const string Gateway = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: edge, namespace: default}
        spec:
          gatewayClassName: controlplane
          listeners: [{name: http, port: 8000, protocol: HTTP}]
        """;

    private static string References(WatchedSource source) => string.Join(", ", source.Objects.Select(item => item.Reference));

    [Fact]
    public async Task Watch_KindsInstalledLater_AreFound()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await using WatchedSource source = KubernetesAdapterTests.Watch(server);
        await source.LiveAsync();
        source.Objects.ShouldBeEmpty();

        await server.InstallGatewayApiAsync();
        await server.InstallOwnKindsAsync();
        await server.ApplyAsync(Gateway);
        await server.ApplyAsync(Gateway.Replace("name: edge", "name: theirs", StringComparison.Ordinal).Replace(": controlplane", ": other", StringComparison.Ordinal));
        await server.ApplyAsync(Route);
        await server.ApplyAsync("""
            apiVersion: controlplane.io/v1alpha1
            kind: Network
            metadata: {name: dc1}
            spec: {links: [dc2]}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: all, namespace: default}
            spec: {spread: any}
            """);

        await Eventually.Until(
            () => References(source) == "Gateway default/edge, HTTPRoute default/web, Network dc1, TrafficPolicy default/all",
            state: () => $"{References(source)}; {string.Join("; ", source.Problems)}");
        source.Objects.OfType<Gateway>().Single().Cluster.ShouldBe("east");
        HttpMatch match = source.Objects.OfType<HttpRoute>().Single().Rules[0].Matches[0];
        (match.PathType, match.Path).ShouldBe((PathMatchType.PathPrefix, "/cart"));
        source.Objects.OfType<TrafficPolicy>().Single().Mesh.ShouldBe("default");
        source.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_ObjectTurnsBad_StaysAsItWasUntilItIsRight()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.InstallGatewayApiAsync();
        await server.ApplyAsync(Gateway);
        await server.ApplyAsync(Route);
        await using WatchedSource source = KubernetesAdapterTests.Watch(server);
        await source.LiveAsync();

        await server.PatchAsync("/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/web",
            """{"spec": {"rules": [{"filters": [{"type": "RequestRedirect", "requestRedirect": {"hostname": "other.example"}}]}]}}""");
        await Eventually.Until(() => !source.Problems.IsEmpty);
        await server.ApplyAsync(Gateway.Replace("8000", "8001", StringComparison.Ordinal));
        await Eventually.Until(() => source.Objects.OfType<Gateway>().Single().Listeners[0].Port == 8001);

        source.Problems[0].ToString().ShouldBe(
            "HTTPRoute default/web (kubernetes/east): spec.rules[0].filters: not supported yet: remove the field");
        source.Objects.OfType<HttpRoute>().Single().Rules[0].Backends[0].Name.ShouldBe("cart");
        await server.PatchAsync("/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/web",
            """{"spec": {"rules": [{"backendRefs": [{"name": "basket", "port": 80}]}]}}""");
        await Eventually.Until(() => source.Problems.IsEmpty && source.Objects.OfType<HttpRoute>().Single().Rules[0].Backends[0].Name == "basket");
        await server.DeleteAsync("/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes/web");
        await Eventually.Until(() => References(source) == "Gateway default/edge");
    }

    [Fact]
    public async Task Watch_OwnClusterObject_GivesMeshAndLocality()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.InstallOwnKindsAsync();
        await server.ApplyAsync("""
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: east}
            spec: {mesh: banking, network: dc1, locality: {region: eu, zone: eu-a}}
            """);
        await server.ApplyAsync(KubernetesObjects.Service("cart"));
        await server.ApplyAsync(KubernetesObjects.Slice("cart", "a", KubernetesObjects.Endpoint("10.0.0.1")));
        await using WatchedSource source = KubernetesAdapterTests.Watch(server);
        await source.LiveAsync();

        source.Find("cart")!.Service.Mesh.ShouldBe("banking");
        source.Find("cart")!.Endpoints[0].Locality.ToString().ShouldBe("eu/eu-a");
        await server.PatchAsync("/apis/controlplane.io/v1alpha1/clusters/east", """{"spec": {"mesh": "trading"}}""");
        await Eventually.Until(() => source.Services.Count == 1 && source.Find("cart")!.Service.Mesh == "trading");
    }

    [Fact]
    public async Task Watch_KindRemoved_TakesItsObjectsBackAndFindsItAgain()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.InstallOwnKindsAsync();
        const string Network = "apiVersion: controlplane.io/v1alpha1\nkind: Network\nmetadata: {name: dc1}\n";
        await server.ApplyAsync(Network);
        await using WatchedSource source = KubernetesAdapterTests.Watch(server);
        await source.LiveAsync();
        References(source).ShouldBe("Network dc1");

        await server.DeleteAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/networks.controlplane.io");
        await Eventually.Until(() => source.Objects.IsEmpty, state: () => $"{source.State} {source.Reason}");
        await Eventually.Until(async () =>
        {
            try
            {
                await server.InstallOwnKindsAsync();
                await server.ApplyAsync(Network);
                return true;
            }
            catch (InvalidOperationException)
            {
                // The kind is still being removed.
                return false;
            }
        });

        await Eventually.Until(() => References(source) == "Network dc1", state: () => $"{source.State} {source.Reason}");
        source.State.ShouldBe(Model.Sources.SourceState.Live);
    }
}
