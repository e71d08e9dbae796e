using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>The REST API and the commands that ask it.</summary>
[Trait("Engine", "each")]
public sealed class RestTests(RestTests.Running running) : IClassFixture<RestTests.Running>
{
    private ControlPlaneProcess ControlPlane => running.ControlPlane;

    [Fact]
    public async Task Clusters_ShowWhatWasDeclaredAndTheStateOfTheirSources()
    {
        await Eventually.Until(async () => (await ControlPlane.ListAsync("clusters?state=Live")).Count == 2);
        JsonNode cluster = await ControlPlane.GetAsync("clusters/eu-a");

        cluster["mesh"]!.GetValue<string>().ShouldBe("default");
        cluster["locality"]!["zone"]!.GetValue<string>().ShouldBe("a");
        cluster["endpoints"]!.GetValue<int>().ShouldBe(1);
        cluster["sources"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldBe("file");
    }

    [Fact]
    public async Task Lists_CanBeFilteredAndPaged()
    {
        (await ControlPlane.ListAsync("services")).Count.ShouldBe(3);
        (await ControlPlane.ListAsync("services?name=cart")).ShouldHaveSingleItem();
        (await ControlPlane.ListAsync("endpoints?health=unhealthy")).ShouldHaveSingleItem();
        (await ControlPlane.ListAsync("endpoints?zone=b")).ShouldHaveSingleItem();

        JsonNode first = await ControlPlane.GetAsync("services?limit=2");
        JsonNode second = await ControlPlane.GetAsync($"services?limit=2&continue={Uri.EscapeDataString(first["continue"]!.GetValue<string>())}");

        first["total"]!.GetValue<int>().ShouldBe(3);
        first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(item => item!["name"]!.GetValue<string>()).ShouldBe(["cart", "db", "web"]);
        second["continue"].ShouldBeNull();
    }

    [Theory]
    [InlineData("services?color=red", 400, "color")]
    [InlineData("services?limit=0", 400, "limit")]
    [InlineData("services?continue=%21", 400, "continue")]
    [InlineData("endpoints?health=fine", 400, "fine")]
    [InlineData("services/default/shop/nobody", 404, "default/shop/nobody")]
    [InlineData("clusters/nowhere", 404, "nowhere")]
    [InlineData("nothing", 404, null)]
    public async Task Errors_AreProblemDetails(string path, int status, string? named)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1/{path}", UriKind.Relative));
        using HttpResponseMessage response = await ControlPlane.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonNode problem = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        problem["status"]!.GetValue<int>().ShouldBe(status);
        if (named is not null)
        {
            problem["detail"]!.GetValue<string>().ShouldContain(named);
        }
    }

    [Fact]
    public async Task EntityTag_OfWhatHasNotChanged_Is304()
    {
        using var first = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/services", UriKind.Relative));
        using HttpResponseMessage answer = await ControlPlane.SendAsync(first);
        using var second = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/services", UriKind.Relative));
        second.Headers.IfNoneMatch.Add(answer.Headers.ETag!);

        using HttpResponseMessage again = await ControlPlane.SendAsync(second);

        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Configuration_ShowsObjectsWithTheirOrigin()
    {
        JsonNode configuration = await ControlPlane.GetAsync("configuration");

        configuration["objects"]!.AsArray().Select(item => item!["kind"]!.GetValue<string>()).ShouldContain("Cluster");
        configuration["objects"]![0]!["origin"]!.GetValue<string>().ShouldContain("clusters.yaml:");
        configuration["revision"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task OpenApi_DescribesEveryList()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/openapi/v1.json", UriKind.Relative));
        using HttpResponseMessage response = await ControlPlane.SendAsync(request);
        JsonNode document = (await response.Content.ReadFromJsonAsync<JsonNode>())!;

        foreach (string list in (string[])["clusters", "services", "endpoints", "proxies", "sources"])
        {
            JsonArray parameters = document["paths"]![$"/v1/{list}"]!["get"]!["parameters"]!.AsArray();
            parameters.Select(parameter => parameter!["name"]!.GetValue<string>()).ShouldContain("limit");
        }
    }

    [Fact]
    public async Task Metrics_CountSourcesServicesAndStreams()
    {
        (await ControlPlane.MetricAsync("controlplane_services")).ShouldBe(3);
        (await ControlPlane.MetricAsync("controlplane_endpoints")).ShouldBe(3);
        (await ControlPlane.MetricAsync("controlplane_source_state")).ShouldBe(2);
        (await ControlPlane.MetricAsync("controlplane_source_events_total")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Health_IsOk()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/healthz", UriKind.Relative));
        using HttpResponseMessage response = await ControlPlane.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ControlPlane.IsReadyAsync()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("clusters", "eu-a")]
    [InlineData("services", "cart")]
    [InlineData("endpoints", "default/shop/cart")]
    public async Task Get_PrintsTablesJsonAndYaml(string list, string expected)
    {
        await using ChildProcess table = await GetAsync(list);
        await using ChildProcess json = await GetAsync(list, "-o", "json");
        await using ChildProcess yaml = await GetAsync(list, "-o", "yaml");

        table.ExitCode.ShouldBe(0, table.Output);
        table.Output.Split('\n')[0].ShouldBe(table.Output.Split('\n')[0].ToUpperInvariant());
        table.Output.ShouldContain(expected);
        JsonNode.Parse(json.Output)!.AsArray().ToJsonString().ShouldContain(expected);
        yaml.Output.ShouldContain($": {expected}");
    }

    [Fact]
    public async Task Get_WithAFilter_Narrows()
    {
        await using ChildProcess table = await GetAsync("services", "--name", "cart");

        table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
    }

    private Task<ChildProcess> GetAsync(params string[] arguments) =>
        ChildProcess.RunAsync(ControlPlaneProcess.Program, ["get", .. arguments, "--server", ControlPlane.Rest.ToString()]);

    /// <summary>A control plane with three services.</summary>
    public sealed class Running : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();

        public ControlPlaneProcess ControlPlane { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            folder.Write("configuration/clusters.yaml", """
                apiVersion: controlplane.io/v1alpha1
                kind: Cluster
                metadata: {name: eu-a}
                spec: {locality: {region: eu, zone: a}}
                ---
                apiVersion: controlplane.io/v1alpha1
                kind: Cluster
                metadata: {name: eu-b}
                spec: {locality: {region: eu, zone: b}}
                """);
            foreach ((string name, string endpoint) in new Dictionary<string, string>
            {
                ["cart"] = "{address: 10.0.0.1, cluster: eu-a}",
                ["db"] = "{address: 10.0.0.2, cluster: eu-b}",
                ["web"] = "{address: 10.0.0.3, cluster: eu-b, health: Unhealthy, locality: {region: eu, zone: x}}",
            })
            {
                folder.Write($"configuration/{name}.yaml", $$"""
                    apiVersion: controlplane.io/v1alpha1
                    kind: Service
                    metadata: {name: {{name}}, namespace: shop}
                    spec:
                      ports: [{name: http, port: 80}]
                      endpoints: [{{endpoint}}]
                    """);
            }
            ControlPlane = await ControlPlaneProcess.StartAsync(folder.File("data"), "--config", folder.File("configuration"));
        }

        public async ValueTask DisposeAsync()
        {
            await ControlPlane.DisposeAsync();
            folder.Dispose();
        }
    }
}
