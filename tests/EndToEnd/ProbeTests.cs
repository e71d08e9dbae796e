using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ControlPlane.Silo.Rest;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>Probers of gateways: what they find withdraws gateways and restores them.</summary>
[Trait("Engine", "each")]
public sealed class ProbeTests : IAsyncLifetime
{
    private const string Explain = "explain?from=near&to=shop/cart";
    private readonly ConfigurationFolder configuration = new();
    private readonly TemporaryFolder folder = new();
    private readonly string host = Loopback.FreeAddress();
    private readonly int far = Loopback.FreePort();
    private readonly int other = Loopback.FreePort();
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        configuration.Write("clusters.yaml", string.Create(CultureInfo.InvariantCulture, $$$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Mesh
            metadata: {name: default}
            spec: {certificates: {files: {folder: default} } }
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Network
            metadata: {name: net1}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Network
            metadata: {name: net2}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: near}
            spec: {network: net1, locality: {region: eu, zone: a}}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: far}
            spec: {network: net2, locality: {region: us, zone: c}}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: RegionGateway
            metadata: {name: far-gateway}
            spec: {kind: east-west, network: net2, locality: {region: us, zone: c}, addresses: [{host: {{{host}}}, port: {{{far}}} }]}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: RegionGateway
            metadata: {name: edge}
            spec: {kind: ingress, network: net2, locality: {region: us, zone: c}, gateway: shop/edge, addresses: [{host: localhost, port: {{{other}}}, from: [net1]}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: shop}
            spec: {gatewayClassName: controlplane, listeners: [{name: http, port: 8000, protocol: HTTP}]}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec:
              ports: [{name: http, port: 80}]
              endpoints: [{address: 10.9.9.9, port: 8080, cluster: far, speaks: mtls}]
            """));
        Directory.CreateDirectory(folder.File("certificates"));
        controlPlane = await ControlPlaneProcess.StartAsync(
            folder.File("state"), "--config", configuration.Path, "--certificates", folder.File("certificates"), "--cost-hold", "500ms");
        await UntilAsync("probes/targets?network=net1", text => text.Contains("far-gateway", StringComparison.Ordinal) && text.Contains("edge", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await controlPlane.DisposeAsync();
        configuration.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Gateway_ThatDies_IsWithdrawn_AndComesBack()
    {
        await using AnsweringListener edge = AnsweringListener.Start("127.0.0.1", other, "HTTP/1.1 404 Not Found\r\n\r\n"u8.ToArray());
        AnsweringListener gateway = AnsweringListener.Start(host, far, AnsweringListener.TlsAlert);
        await using ChildProcess agent = Agent("--cluster", "near");
        await UntilAsync("probes", text => text.Contains("\"state\":\"Live\"", StringComparison.Ordinal) && Count(text, "\"ok\":true") == 2, agent);
        (await TextAsync(Explain)).ShouldNotContain("withdrawn");

        await gateway.DisposeAsync();

        await UntilAsync("probes", text => text.Contains("\"withdrawn\":[{\"gateway\":\"far-gateway\"", StringComparison.Ordinal), agent);
        await UntilAsync(Explain, text => text.Contains("gateway withdrawn: far-gateway fails its probes from network net1 since", StringComparison.Ordinal), agent);
        (await controlPlane.MetricAsync("controlplane_gateway_withdrawn")).ShouldBe(1);

        // Verdicts outlive the control plane.
        agent.Signal("STOP");
        await controlPlane.KillAsync();
        await controlPlane.RestartAsync();
        await UntilAsync(Explain, text => text.Contains("gateway withdrawn", StringComparison.Ordinal), agent);
        agent.Signal("CONT");

        await using AnsweringListener again = AnsweringListener.Start(host, far, AnsweringListener.TlsAlert);

        await UntilAsync("probes", text => text.Contains("\"withdrawn\":[]", StringComparison.Ordinal), agent);
        await UntilAsync(Explain, text => !text.Contains("withdrawn", StringComparison.Ordinal), agent);
        await UntilAsync("probes", text => text.Contains("\"measured\":[{\"from\":\"eu/a\",\"to\":\"us/c\"", StringComparison.Ordinal), agent);
        (await controlPlane.MetricAsync("controlplane_probes_total")).ShouldBeGreaterThan(2);

        agent.Signal("TERM");
        await agent.WaitForExitAsync(TimeSpan.FromSeconds(10));
        agent.ExitCode.ShouldBe(0, agent.Output);
    }

    [Fact]
    public async Task Prober_ThatSeesEverythingFail_WithdrawsNothing()
    {
        await using ChildProcess agent = Agent();

        await Eventually.Until(async () => await controlPlane.MetricAsync("controlplane_probes_total") >= 12, state: () => agent.Output);

        JsonNode probes = await controlPlane.GetAsync("probes");
        probes["withdrawn"]!.AsArray().ShouldBeEmpty();
        probes["probers"]![0]!["state"]!.GetValue<string>().ShouldBe("Blind");
        probes["probers"]![0]!["name"]!.GetValue<string>().ShouldBe("prober-1");
    }

    [Fact]
    public async Task Report_ThatIsWrong_IsRefusedByField()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/v1/probes/prober-1", UriKind.Relative))
        {
            Content = JsonContent.Create(new ProbeBody("Net 1", 5, null, "nowhere", [new ProbeBody.Result("far", "10.0.0.1", 0, true, null, null)]), options: RestJson.Options),
        };
        using HttpResponseMessage response = await controlPlane.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode problem = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
        problem["errors"]!.AsObject().Select(field => field.Key).ShouldBe(["network", "intervalMs", "cluster", "results[0].port"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("--network NAME", "--probe")]
    [InlineData("belongs to --probe", "--network", "net1")]
    [InlineData("nothing to do")]
    [InlineData("give one of them", "--probe", "--network", "net1", "--locality", "eu/a", "--cluster", "near")]
    [InlineData("expected 100ms to 10m", "--probe", "--network", "net1", "--interval", "1ms")]
    public async Task Agent_ThatIsToldWrong_SaysWhat(string expected, params string[] arguments)
    {
        await using ChildProcess agent = await ChildProcess.RunAsync(ControlPlaneProcess.Program, ["agent", .. arguments]);

        agent.ExitCode.ShouldBe(1);
        agent.Output.ShouldContain(expected);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private ChildProcess Agent(params string[] more) => controlPlane.StartProber("net1", more);

    private async Task<string> TextAsync(string path) => (await controlPlane.GetAsync(path)).ToJsonString(new(System.Text.Json.JsonSerializerDefaults.Web));

    private async Task UntilAsync(string path, Func<string, bool> condition, ChildProcess? agent = null)
    {
        string last = "";
        await Eventually.Until(async () => condition(last = await TextAsync(path)), state: () => $"{last}\n{agent?.Output}\n{controlPlane.Output}", what: path);
    }
}
