using System.Net;
using System.Text;
using System.Text.Json;
using ControlPlane.Tests.EndToEnd.Aws;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>One HTTP service on Kubernetes, a machine that registers itself, ECS on Fargate, Consul and Lambda, called through one real Envoy.</summary>
[Trait("Engine", "each")]
public sealed class FiveIslandsTests : IAsyncLifetime
{
    private const int TaskPort = 8080;
    private static readonly string[] Islands = ["kubernetes", "machine", "fargate", "consul", "lambda"];

    private readonly TemporaryFolder data = new();
    private readonly TemporaryFolder configuration = new();
    private readonly List<IAsyncDisposable> running = [];
    private readonly Dictionary<string, Backend> backends = [];
    private readonly Dictionary<string, string> taskAddresses = [];
    private KubeApiServer kubernetes = null!;
    private ConsulServer consul = null!;
    private MotoServer moto = null!;
    private EcsWorld ecs = null!;
    private string task = "";
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        kubernetes = await StartedAsync(KubeApiServer.StartAsync());
        consul = await StartedAsync(ConsulServer.StartAsync());
        moto = await StartedAsync(MotoServer.StartAsync());
        FaultProxy aws = await StartedAsync(FaultProxy.StartAsync(moto.Address));
        // moto gives its tasks addresses that cannot be called.
        aws.Rewrite = answer => taskAddresses.Aggregate(answer, (text, pair) => text.Replace(pair.Key, pair.Value, StringComparison.Ordinal));
        foreach (string name in Islands[..4])
        {
            backends[name] = await StartedAsync(Backend.StartAsync(name, name == "fargate" ? new IPEndPoint(IPAddress.Parse(Loopback.FreeAddress()), TaskPort) : null));
        }
        await moto.PrepareFunctionsAsync("lambda");
        ecs = new EcsWorld(moto);
        await ecs.PrepareAsync();
        await ApplyServiceAsync();
        Configure(aws.Address);
        controlPlane = await StartedAsync(ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path, "--kubernetes", $"k8s={kubernetes.Kubeconfig}"));
        foreach (string island in Islands)
        {
            await SetAsync(island, isUp: true);
        }
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
    public async Task Requests_FromAPlaceWithoutAny_AreSharedByAll_AndByTheOthersWhenOneFails()
    {
        using var caller = new Caller((await SidecarAsync("z")).Outbound, "cart");
        await caller.UntilAnsweredByAsync("lambda");
        Load load = caller.StartLoad();
        await SharedByAsync(load, Islands);

        foreach (string island in Islands)
        {
            await SetAsync(island, isUp: false);
            await SharedByAsync(load, [.. Islands.Where(other => other != island)]);
            await SetAsync(island, isUp: true);
            await SharedByAsync(load, Islands);
        }

        (await load.StopAsync()).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Requests_FromAZoneOfOne_StayThere_AndGoToTheOthersWhenItFails()
    {
        foreach ((string island, string zone) in ((string, string)[])[("kubernetes", "a"), ("machine", "b"), ("fargate", "c"), ("consul", "d")])
        {
            using var caller = new Caller((await SidecarAsync(zone)).Outbound, "cart");
            await caller.UntilAllAnsweredByAsync(island);
            Load load = caller.StartLoad();

            await SetAsync(island, isUp: false);
            await SharedByAsync(load, [.. Islands.Where(other => other != island)]);
            await SetAsync(island, isUp: true);
            await caller.UntilAllAnsweredByAsync(island);

            (await load.StopAsync()).Failures.ShouldBeEmpty(island);
        }
    }

    /// <summary>Waits until they, and nobody else, answer equal shares.</summary>
    private static async Task SharedByAsync(Load load, string[] islands)
    {
        Tally tally = new();
        await Eventually.Until(async () =>
        {
            tally = await load.NextAsync(100);
            return tally.Answers.Keys.Order(StringComparer.Ordinal).SequenceEqual(islands.Order(StringComparer.Ordinal));
        }, state: () => $"{tally}; expected {string.Join(", ", islands)}");
        tally = await load.NextAsync(300);
        foreach (string island in islands)
        {
            tally.Share(island).ShouldBe(100.0 / islands.Length, 2, tally.ToString());
        }
    }

    private async Task SetAsync(string island, bool isUp)
    {
        switch (island)
        {
            case "kubernetes":
                await kubernetes.ApplyAsync($$"""
                    apiVersion: discovery.k8s.io/v1
                    kind: EndpointSlice
                    metadata: {name: cart-1, namespace: shop, labels: {kubernetes.io/service-name: cart} }
                    addressType: IPv4
                    ports: [{name: http, port: {{backends[island].Port}} }]
                    endpoints: [{addresses: ["{{backends[island].Address}}"], conditions: {ready: {{(isUp ? "true" : "false")}} } }]
                    """);
                break;
            case "machine":
                await RegisterAsync(isUp);
                break;
            case "fargate" when isUp:
                task = await ecs.AddAsync("cart");
                taskAddresses[await AddressOfTaskAsync()] = backends[island].Address;
                break;
            case "fargate":
                await ecs.RemoveAsync(task);
                break;
            case "consul" when isUp:
                await consul.RegisterAsync("cart", "cart-1", backends[island].Address, backends[island].Port, more: """ "Tags": ["http"] """);
                // A check that has failed stays so when the service is registered again.
                await consul.SetCheckAsync("cart-1", "pass");
                break;
            case "consul":
                await consul.SetCheckAsync("cart-1", "fail");
                break;
            case "lambda" when isUp:
                await moto.AddFunctionAsync("cart", "\"controlplane/service\": \"cart\", \"controlplane/namespace\": \"shop\"");
                break;
            default:
                await moto.LambdaAsync(HttpMethod.Delete, "/2015-03-31/functions/cart");
                break;
        }
    }

    private async Task RegisterAsync(bool isHealthy)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/v1/registrations/machine-1", UriKind.Relative));
        request.Content = new StringContent($$"""
            {"service": "cart", "namespace": "shop", "cluster": "vm", "address": "{{backends["machine"].Address}}", "leaseSeconds": 300,
             "health": "{{(isHealthy ? "healthy" : "unhealthy")}}", "ports": [{"port": {{backends["machine"].Port}}, "servicePort": 80, "protocol": "http"}]}
            """, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await controlPlane.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    private async Task<string> AddressOfTaskAsync()
    {
        JsonElement tasks = await moto.EcsAsync("DescribeTasks", $$"""{"cluster": "shop", "tasks": ["{{task}}"]}""");
        return tasks.GetProperty("tasks")[0].GetProperty("attachments")[0].GetProperty("details").EnumerateArray()
            .Single(detail => detail.GetProperty("name").GetString() == "privateIPv4Address").GetProperty("value").GetString()!;
    }

    private async Task ApplyServiceAsync()
    {
        await kubernetes.ApplyAsync("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            """);
        await kubernetes.ApplyAsync("""
            apiVersion: v1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec: {ports: [{name: http, port: 80}]}
            """);
    }

    private void Configure(Uri aws)
    {
        foreach ((string cluster, string zone) in ((string, string)[])[("k8s", "a"), ("vm", "b"), ("ecs", "c"), ("consul", "d"), ("lambda", "")])
        {
            configuration.Write($"cluster-{cluster}.yaml", $$"""
                apiVersion: controlplane.io/v1alpha1
                kind: Cluster
                metadata: {name: {{cluster}} }
                spec: {locality: {region: {{MotoServer.Region}}{{(zone.Length > 0 ? $", zone: {zone}" : "")}} } }
                """);
        }
        foreach (string source in (string[])[
            $$"""ecs: {region: {{MotoServer.Region}}, endpoint: "{{aws}}", requestsPerSecond: 100}""",
            $$"""lambda: {region: {{MotoServer.Region}}, endpoint: "{{aws}}", requestsPerSecond: 100}""",
            $$"""consul: {address: "{{consul.Address}}"}"""])
        {
            string kind = source[..source.IndexOf(':', StringComparison.Ordinal)];
            configuration.Write($"source-{kind}.yaml", $$"""
                apiVersion: controlplane.io/v1alpha1
                kind: Source
                metadata: {name: {{kind}} }
                spec:
                  cluster: {{kind}}
                  {{(kind == "consul" ? "mapping: {namespace: shop}" : "refreshSeconds: 1")}}
                  {{source}}
                """);
        }
    }

    private async Task<EnvoyProcess> SidecarAsync(string zone) => await StartedAsync(EnvoyProcess.StartAsync(
        controlPlane, $"web-{zone}", "--cluster", "vm", "--namespace", "shop", "--region", MotoServer.Region, "--zone", zone));

    private async Task<T> StartedAsync<T>(Task<T> starting)
        where T : IAsyncDisposable
    {
        T started = await starting;
        running.Add(started);
        return started;
    }
}
