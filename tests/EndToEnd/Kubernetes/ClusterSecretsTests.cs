using System.Text;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Kubernetes;

/// <summary>Clusters that Secrets of a home cluster name: they come, change and go while the control plane runs.</summary>
[Trait("Engine", "each")]
public sealed class ClusterSecretsTests : IAsyncLifetime
{
    private const string Istio = "istio/multiCluster";
    private const string Own = "controlplane.io/cluster";

    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private KubeApiServer home = null!;
    private KubeApiServer east = null!;
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        configuration.Write("clusters.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: home}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: east}
            spec: {platform: kubernetes, mesh: banking, locality: {region: eu, zone: a}}
            """);
        KubeApiServer[] servers = await Task.WhenAll(KubeApiServer.StartAsync(), KubeApiServer.StartAsync());
        (home, east) = (servers[0], servers[1]);
        await home.ApplyAsync("apiVersion: v1\nkind: Namespace\nmetadata: {name: controlplane}\n");
        await east.AddTokenAsync("t0ken-1", "controlplane", "readers");
    }

    public async ValueTask DisposeAsync()
    {
        await (controlPlane?.DisposeAsync() ?? ValueTask.CompletedTask);
        await east.DisposeAsync();
        await home.DisposeAsync();
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Cluster_ThatASecretNames_ComesIsRenewedAndGoes()
    {
        east.StartEndpointsController();
        await using var cart = new KubernetesWorkloads(east, "cart");
        await cart.CreateAsync();
        await cart.StartPodAsync("pod-1", "a");
        await StartAsync();
        await SecretAsync("clusters", Istio, ("east", east.InlineKubeconfig("t0ken-1")));
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "east");
        using var caller = new Caller(sidecar.Outbound, "cart.default");
        await caller.UntilAnsweredByAsync("pod-1");
        JsonNode service = (await controlPlane.GetAsync("services/banking/default/cart"))["endpoints"]![0]!;
        $"{service["cluster"]} {service["locality"]!["region"]}/{service["locality"]!["zone"]}".ShouldBe("east eu/a");

        // The old token ends, and what is known stays until there is a new one.
        Load load = caller.StartLoad();
        await east.AddTokenAsync("t0ken-2", "controlplane", "readers");
        await east.RevokeTokenAsync("t0ken-1");
        await east.CompactAsync();
        await SourceAsync("kubernetes/east", source => Reason(source).Contains("answers 401", StringComparison.Ordinal));
        await SecretAsync("clusters", Istio, ("east", east.InlineKubeconfig("t0ken-2")));
        await SourceAsync("kubernetes/east", IsLive);
        await cart.StartPodAsync("next-1", "a");
        await caller.UntilAnsweredByAsync("next-1");
        (await load.StopAsync()).Failures.ShouldBeEmpty();

        await DeleteSecretAsync("clusters");
        await Eventually.Until(async () => (await NamesAsync()) == "cluster-secrets/home, file, kubernetes/home, registrations" && (await controlPlane.ListAsync("endpoints")).Count == 0,
            state: () => controlPlane.Output);
        await Eventually.Until(async () => (await caller.TryAsync()).Status is 404 or 503);
        controlPlane.Output.ShouldNotContain("t0ken");
        (await controlPlane.GetAsync("sources")).ToJsonString().ShouldNotContain("t0ken");
        (await controlPlane.GetAsync("configuration")).ToJsonString().ShouldNotContain("t0ken");
    }

    [Fact]
    public async Task HomeCluster_ThatIsAway_LosesNothing()
    {
        await using KubeApiServer west = await KubeApiServer.StartAsync();
        await east.ApplyAsync(KubernetesObjects.Service("cart"));
        await east.ApplyAsync(KubernetesObjects.Slice("cart", "a", KubernetesObjects.Endpoint("10.0.0.1")));
        await SecretAsync("east", Istio, ("east", east.InlineKubeconfig("t0ken-1")));
        await StartAsync();
        await EndpointsAsync("10.0.0.1");

        await home.KillAsync();
        await SourceAsync("cluster-secrets/home", source => State(source) == "Stale" && Reason(source).Contains("cannot be reached", StringComparison.Ordinal));
        (await controlPlane.MetricAsync("controlplane_source_last_good_age_seconds")).ShouldBeGreaterThan(0);
        // The clusters are followed without it.
        await east.ApplyAsync(KubernetesObjects.Slice("cart", "a", KubernetesObjects.Endpoint("10.0.0.1"), KubernetesObjects.Endpoint("10.0.0.2")));
        await EndpointsAsync("10.0.0.1, 10.0.0.2");
        await Eventually.Until(async () => await controlPlane.MetricAsync("controlplane_catalog_unwritten") == 0);

        // A control plane that starts meanwhile knows of no clusters, and takes back nothing.
        await controlPlane.StopAsync();
        await controlPlane.RestartAsync();
        await EndpointsAsync("10.0.0.1, 10.0.0.2");
        await SourceAsync("cluster-secrets/home", source => Reason(source).Contains("cannot be reached", StringComparison.Ordinal));
        (await NamesAsync()).ShouldContain("kubernetes/east");

        await home.RestartAsync();
        await SourceAsync("cluster-secrets/home", IsLive);
        await SourceAsync("kubernetes/east", IsLive);
        await west.AddTokenAsync("t0ken-w", "controlplane", "readers");
        await west.ApplyAsync(KubernetesObjects.Service("cart"));
        await west.ApplyAsync(KubernetesObjects.Slice("cart", "a", KubernetesObjects.Endpoint("10.0.0.3")));
        await SecretAsync("west", Own, ("west", west.InlineKubeconfig("t0ken-w")));
        await EndpointsAsync("10.0.0.1, 10.0.0.2, 10.0.0.3");
        await home.CompactAsync();
        await DeleteSecretAsync("east");
        await EndpointsAsync("10.0.0.3");
    }

    [Fact]
    public async Task Secret_ThatIsWrong_SaysSoAndTheOthersGoOn()
    {
        await east.ApplyAsync(KubernetesObjects.Service("cart"));
        await east.ApplyAsync(KubernetesObjects.Slice("cart", "a", KubernetesObjects.Endpoint("10.0.0.1")));
        await StartAsync();
        string good = east.InlineKubeconfig("t0ken-1");
        await SecretAsync("b", Own, ("east", good), ("north", good.Replace("{token: t0ken-1}", "{exec: {command: t0ken-x}}", StringComparison.Ordinal)));
        await EndpointsAsync("10.0.0.1");
        const string NorthProblem = "Secret controlplane/b: data[north]: users: exec: not supported yet: use a token or a client certificate";
        await SourceAsync("kubernetes/north", source => Reason(source) == NorthProblem && Problems(source) == NorthProblem);
        await SourceAsync("cluster-secrets/home", source => IsLive(source) && Problems(source) == NorthProblem);

        // Wrong now: what was right stays. A second Secret for the same cluster does not count.
        await SecretAsync("c", Istio, ("east", good));
        await SecretAsync("b", Own, ("east", "t0ken-1: ["), ("home", good));
        await SourceAsync("cluster-secrets/home", source => Problems(source) ==
            """
            Secret controlplane/b: data[east]: it cannot be read as YAML, near line 2. What it held before stays in force
            Secret controlplane/b: data[home]: the cluster home is named on the command line (--kubernetes), which counts: remove one of them
            Secret controlplane/c: data[east]: the cluster east is named by Secret controlplane/b, which counts as the first by name: remove one of them
            """);
        await east.ApplyAsync(KubernetesObjects.Slice("cart", "a", KubernetesObjects.Endpoint("10.0.0.2")));
        await EndpointsAsync("10.0.0.2");
        await Eventually.Until(async () => !(await NamesAsync()).Contains("kubernetes/north", StringComparison.Ordinal));

        await DeleteSecretAsync("b");
        await SourceAsync("cluster-secrets/home", source => Problems(source).Length == 0);
        await east.AddTokenAsync("t0ken-3", "nobody", "nobodies");
        await SecretAsync("c", Istio, ("east", east.InlineKubeconfig("t0ken-3")));
        await SourceAsync("kubernetes/east", source => Reason(source).Contains("allow it (deploy/kubernetes/remote-cluster.yaml)", StringComparison.Ordinal));

        // An object counts before Secrets.
        configuration.Write("east.yaml", $$$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: east}
            spec: {cluster: east, kubernetes: {kubeconfig: "{{{east.ReaderKubeconfig}}}"}}
            """);
        await SourceAsync("kubernetes/east", IsLive);
        await EndpointsAsync("10.0.0.2");
        controlPlane.Output.ShouldContain("kubernetes/east is named twice");
        controlPlane.Output.ShouldNotContain("t0ken");
    }

    [Fact]
    public async Task Secrets_ThatMayNotBeRead_AreSaidOnceAndReadWhenTheyMay()
    {
        await SecretAsync("east", Own, ("east", east.InlineKubeconfig("t0ken-1")));
        await home.AddTokenAsync("reader", "reader", "readers:default");
        string kubeconfig = home.WriteKubeconfig("home.kubeconfig", "{token: reader}");
        controlPlane = ControlPlaneProcess.Launch(data.Path, "--config", configuration.Path, "--kubernetes", $"home={kubeconfig}", "--cluster-secrets");
        await Eventually.Until(async () => await AnswersAsync());
        const string Words = "answers 403 to /api/v1/namespaces/controlplane/secrets: allow it (deploy/kubernetes/cluster-secrets.yaml)";
        await SourceAsync("cluster-secrets/home", source => Reason(source).Contains(Words, StringComparison.Ordinal));
        (await NamesAsync()).ShouldNotContain("kubernetes/east");

        await home.AddTokenAsync("admin-2", "admin-2", "readers");
        home.WriteKubeconfig("home.kubeconfig", "{token: admin-2}");

        await SourceAsync("kubernetes/east", IsLive);
        await SourceAsync("cluster-secrets/home", IsLive);
        // By who reads them, and by who shows it.
        controlPlane.Output.Split(Words).Length.ShouldBe(3);
    }

    private async Task StartAsync() => controlPlane = await ControlPlaneProcess.StartAsync(
        data.Path, "--config", configuration.Path, "--kubernetes", $"home={home.Kubeconfig}", "--cluster-secrets", "--log-level", "Trace");

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await controlPlane.ListAsync("sources")).Count > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private Task SecretAsync(string name, string label, params (string Key, string Value)[] entries) => home.ApplyAsync($$$$"""
        apiVersion: v1
        kind: Secret
        metadata: {name: {{{{name}}}}, namespace: controlplane, labels: {{{{{label}}}}: "true"}}
        data: {{{{{Data(entries)}}}}}
        """);

    private static string Data((string Key, string Value)[] entries) =>
        string.Join(", ", entries.Select(entry => $"{entry.Key}: {Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Value))}"));

    private Task DeleteSecretAsync(string name) => home.DeleteAsync($"/api/v1/namespaces/controlplane/secrets/{name}");

    private async Task SourceAsync(string name, Func<JsonNode, bool> condition)
    {
        JsonNode? last = null;
        await Eventually.Until(
            async () => (last = (await controlPlane.ListAsync("sources")).FirstOrDefault(source => source!["name"]!.GetValue<string>() == name)) is not null && condition(last),
            state: () => $"{last}");
    }

    private static string State(JsonNode source) => source["state"]!.GetValue<string>();

    private static bool IsLive(JsonNode source) => State(source) == "Live";

    private static string Reason(JsonNode source) => source["reason"]?.GetValue<string>() ?? "";

    private static string Problems(JsonNode source) => string.Join('\n', source["problems"]!.AsArray().Select(problem => $"{problem!["where"]}: {problem["field"]}: {problem["message"]}"));

    private async Task<string> NamesAsync() => string.Join(", ", (await controlPlane.ListAsync("sources")).Select(source => source!["name"]!.GetValue<string>()).Order());

    private async Task EndpointsAsync(string expected)
    {
        string found = "";
        await Eventually.Until(
            async () => (found = string.Join(", ", (await controlPlane.ListAsync("endpoints")).Select(endpoint => endpoint!["address"]!.GetValue<string>()).Order())) == expected,
            state: () => found);
    }
}
