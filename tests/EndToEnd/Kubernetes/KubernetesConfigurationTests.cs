using ControlPlane.Model;
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
            spec: {spread: any, holdSeconds: 30, stale: lower, staleLimitSeconds: 600}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Mesh
            metadata: {name: banking}
            spec: {trustDomain: bank.example, mtls: strict, certificates: {files: {folder: banking}}}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: RegionGateway
            metadata: {name: dc1}
            spec: {kind: east-west, addresses: [{host: gw.example, port: 443, from: [dc2]}]}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Export
            metadata: {name: cart, namespace: default}
            spec: {service: cart, toMeshes: ["*"]}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: CostMatrix
            metadata: {name: costs}
            spec: {pairs: [{from: eu, to: us/c, roundTripMs: 82.5, pricePerGb: 0.02}]}
            """);

        await Eventually.Until(
            () => References(source) == "CostMatrix costs, Export default/cart, Gateway default/edge, HTTPRoute default/web, Mesh banking, Network dc1, "
                + "RegionGateway dc1, TrafficPolicy default/all",
            state: () => $"{References(source)}; {string.Join("; ", source.Problems)}");
        source.Objects.OfType<Gateway>().Single().Cluster.ShouldBe("east");
        HttpMatch match = source.Objects.OfType<HttpRoute>().Single().Rules[0].Matches[0];
        (match.PathType, match.Path).ShouldBe((PathMatchType.PathPrefix, "/cart"));
        source.Objects.OfType<TrafficPolicy>().Single().Mesh.ShouldBe("default");
        source.Objects.OfType<Export>().Single().Mesh.ShouldBe("default");
        source.Objects.OfType<CostMatrix>().Single().Pairs[0].RoundTripMs.ShouldBe(82.5);
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

    [Fact]
    public async Task Watch_Namespaces_AreReportedAsFarAsAGatewaySelectsThem()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.InstallGatewayApiAsync();
        await server.ApplyAsync(Namespace("shop", "team: checkout"));
        await server.ApplyAsync(Namespace("bank", "team: payments"));
        await server.ApplyAsync(Gateway);
        await using WatchedSource source = KubernetesAdapterTests.Watch(server);
        await source.LiveAsync();
        References(source).ShouldBe("Gateway default/edge");

        await server.ApplyAsync(Selecting("matchLabels: {team: checkout}"));
        await SeeAsync("Gateway default/edge, Namespace east/shop");
        source.Objects.OfType<Namespace>().Single().Labels.ShouldBe([new Label("kubernetes.io/metadata.name", "shop"), new Label("team", "checkout")]);
        source.Objects.OfType<Gateway>().Single().Listeners[0].Selector!.Cluster.ShouldBe("east");

        await server.PatchAsync("/api/v1/namespaces/bank", """{"metadata": {"labels": {"team": "checkout"}}}""");
        await SeeAsync("Gateway default/edge, Namespace east/bank, Namespace east/shop");
        await server.PatchAsync("/api/v1/namespaces/shop", """{"metadata": {"labels": {"team": null}}}""");
        await SeeAsync("Gateway default/edge, Namespace east/bank");
        await server.ApplyAsync(Selecting("matchExpressions: [{key: team, operator: DoesNotExist}, {key: kubernetes.io/metadata.name, operator: In, values: [shop, web]}]"));
        await SeeAsync("Gateway default/edge, Namespace east/shop");
        await server.ApplyAsync(Namespace("web", "stage: live"));
        await SeeAsync("Gateway default/edge, Namespace east/shop, Namespace east/web");
        await server.ApplyAsync(Gateway);
        await SeeAsync("Gateway default/edge");
        source.Problems.ShouldBeEmpty();

        Task SeeAsync(string references) => Eventually.Until(
            () => References(source) == references, state: () => $"{References(source)}; {string.Join("; ", source.Problems)}");
    }

    [Fact]
    public async Task Watch_NamespaceWithOtherAnnotations_YieldsNothing()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.InstallGatewayApiAsync();
        await server.ApplyAsync(Selecting("matchLabels: {team: checkout}"));
        await server.ApplyAsync(Namespace("shop", "team: checkout"));
        await using WatchedSource source = KubernetesAdapterTests.Watch(server);
        await source.LiveAsync();
        ValueList<ConfigObject> before = source.Objects;
        before.Count.ShouldBe(2);
        long configurations = source.Configurations;

        await server.PatchAsync("/api/v1/namespaces/shop", """{"metadata": {"annotations": {"owner": "somebody"}}}""");
        await server.ApplyAsync(Namespace("other", "team: payments"));
        await server.PatchAsync("/api/v1/namespaces/shop", """{"metadata": {"labels": {"stage": "live"}}}""");
        await Eventually.Until(() => source.Objects.OfType<Namespace>().Single().Labels.Contains(new Label("stage", "live")));

        source.Configurations.ShouldBe(configurations + 1);
    }

    [Fact]
    public async Task Watch_NamespacesNotAllowed_IsSaidAndStopsNothing()
    {
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        await server.ApplyAsync(KubernetesObjects.Service("cart"));
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, null, server.NamespaceReaderKubeconfig, "default");
        await source.LiveAsync();

        source.Services.ShouldHaveSingleItem();
        source.Problems.ShouldContain(problem =>
            problem.Where == "namespaces (kubernetes/east)" && problem.Message.Contains("answers 403 to /api/v1/namespaces: allow it", StringComparison.Ordinal));
    }

    private static string Namespace(string name, string labels) =>
        $"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n";

    private static string Selecting(string selector) => Gateway.Replace(
        "protocol: HTTP", $"protocol: HTTP, allowedRoutes: {{namespaces: {{from: Selector, selector: {{{selector}}}}}}}", StringComparison.Ordinal);
}
