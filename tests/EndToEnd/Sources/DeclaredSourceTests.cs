using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>Source objects: registries that are watched as long as they are declared.</summary>
[Trait("Engine", "each")]
public sealed class DeclaredSourceTests : IAsyncLifetime
{
    private readonly ConfigurationFolder configuration = new();
    private readonly TemporaryFolder data = new();
    private InstanceServer server = null!;
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        server = await InstanceServer.StartAsync();
        server.Put("vm-1", "cart", 8001, """, "locality": {"zone": "a"}""");
        server.Put("vm-2", "cart", 8002, """, "locality": {"zone": "b"}, "health": "draining", "attributes": {"tag.team": "shop"}""");
    }

    public async ValueTask DisposeAsync()
    {
        await (controlPlane?.DisposeAsync() ?? ValueTask.CompletedTask);
        await server.DisposeAsync();
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Source_ThatIsDeclaredAndTakenBack_ComesAndGoes()
    {
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);

        Declare(server.Document);
        await Eventually.Until(async () => await controlPlane.EndpointsAsync() == "127.0.0.1:8001 Healthy eu/a, 127.0.0.1:8002 Draining eu/b");
        await Eventually.Until(async () => await controlPlane.GetAsync("sources/http/own") is var source
            && source["state"]!.GetValue<string>() == "Live" && source["endpoints"]!.GetValue<int>() == 2);

        Declare(server.Stream, ", stream: true");
        server.Put("vm-3", "cart", 8003);
        await Eventually.Until(async () => (await controlPlane.EndpointsAsync()).EndsWith("127.0.0.1:8003 Healthy eu/a", StringComparison.Ordinal));

        configuration.Delete("own.yaml");
        await Eventually.Until(async () => (await controlPlane.ListAsync("services")).Count == 0 && (await controlPlane.ListAsync("sources")).All(source => source!["name"]!.GetValue<string>() != "http/own"));
    }

    [Fact]
    public async Task Restart_WhileTheRegistryIsDown_ServesWhatWasKnown()
    {
        Declare(server.Document);
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);
        (await controlPlane.EndpointsAsync()).ShouldBe("127.0.0.1:8001 Healthy eu/a, 127.0.0.1:8002 Draining eu/b");
        await Eventually.Until(async () => (await controlPlane.GetAsync("sources/http/own"))["state"]!.GetValue<string>() == "Live");
        await controlPlane.StopAsync();
        await server.StopAsync();

        await controlPlane.RestartAsync();

        (await controlPlane.EndpointsAsync()).ShouldBe("127.0.0.1:8001 Healthy eu/a, 127.0.0.1:8002 Draining eu/b");
        await Eventually.Until(async () => (await controlPlane.GetAsync("sources/http/own"))["reason"]?.GetValue<string>().Contains("cannot be reached") == true);
        server.Put("vm-1", "cart", 8009);
        await server.StartAgainAsync();
        await Eventually.Until(async () => (await controlPlane.EndpointsAsync()).Contains("127.0.0.1:8009", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_IsReadFromItsFileAndShownNowhere()
    {
        server.Token = "s3cret-1";
        string token = data.Write("token", "s3cret-1\n");
        Declare(server.Document, $", tokenFile: {token}");
        controlPlane = await ControlPlaneProcess.StartAsync(Path.Combine(data.Path, "state"), "--config", configuration.Path, "--log-level", "Trace");
        await Eventually.Until(async () => (await controlPlane.EndpointsAsync()).Length > 0);

        server.Token = "s3cret-2";
        await Eventually.Until(async () => (await controlPlane.GetAsync("sources/http/own"))["reason"]?.GetValue<string>().Contains("answers 401: the token is not accepted") == true);
        (await controlPlane.EndpointsAsync()).ShouldNotBeEmpty();
        data.Write("token", "s3cret-2");
        await Eventually.Until(async () => (await controlPlane.GetAsync("sources/http/own"))["state"]!.GetValue<string>() == "Live");

        (await controlPlane.GetAsync("configuration")).ToJsonString().ShouldNotContain("s3cret");
        controlPlane.Output.ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Metrics_TellOfTheSourcesRequestsAndItsAge()
    {
        Declare(server.Document);
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);

        await Eventually.Until(async () => await controlPlane.MetricAsync("controlplane_source_api_duration_seconds_count") > 1 && server.Unchanged > 0);
        (await controlPlane.MetricAsync("controlplane_source_last_good_age_seconds")).ShouldBe(0);
        (await controlPlane.MetricAsync("controlplane_source_lag_seconds_count")).ShouldBeGreaterThan(0);

        await server.StopAsync();
        await Eventually.Until(async () => await controlPlane.MetricAsync("controlplane_source_last_good_age_seconds") > 0);
    }

    private void Declare(Uri url, string more = "") => configuration.Write("own.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Source
        metadata: {name: own}
        spec:
          cluster: eu-a
          {{(more.Contains("stream", StringComparison.Ordinal) ? "" : "refreshSeconds: 1")}}
          mapping: {namespace: shop}
          http: {url: "{{url}}"{{more}}}
        """);
}
