using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Kubernetes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>Every example is run as a reader would run it, with a workload behind every endpoint, and every service and gateway of it is called.</summary>
public sealed class ExampleTests
{
    private static readonly string Folder = Path.Combine(Peer.Root, "deploy", "examples");

    public static TheoryData<string> Examples() => [.. Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)!).Where(name => name is not ("kubernetes" or "bank")).Order()];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_OfFiles_Works(string name)
    {
        using var data = new TemporaryFolder();
        await using ControlPlaneProcess controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", Path.Combine(Folder, name));
        (await controlPlane.GetAsync("configuration"))["problems"]!.AsArray().ShouldBeEmpty();
        JsonNode[] services = [.. (await controlPlane.ListAsync("services"))!];
        JsonNode[] endpoints = [.. (await controlPlane.ListAsync("endpoints"))!];
        services.ShouldNotBeEmpty();
        Backend[] workloads = await Task.WhenAll(endpoints.Select(endpoint => StartAsync(endpoint, services)));
        string cluster = endpoints[0]["cluster"]!.GetValue<string>();
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", cluster, "--namespace", "shop");

        foreach (JsonNode service in services)
        {
            JsonNode port = service["ports"]![0]!;
            if (port["loopbackPort"] is { } loopback)
            {
                await Eventually.Until(async () => await ConnectsAsync(sidecar.OutboundAddress, loopback.GetValue<int>()));
            }
            else
            {
                bool isHttp2 = port["protocol"]!.GetValue<string>() is "Grpc" or "Http2";
                using var caller = new Caller(sidecar.Outbound, $"{service["name"]}.{service["namespace"]}:{port["port"]}", isHttp2);
                await caller.UntilAnsweredByAsync(service["name"]!.GetValue<string>().Split('-')[0]);
            }
        }
        foreach (JsonNode gateway in (await controlPlane.GetAsync("configuration"))["objects"]!.AsArray().Where(item => item!["kind"]!.GetValue<string>() == "Gateway")!)
        {
            await using EnvoyProcess edge = await EnvoyProcess.StartAsync(
                controlPlane, "edge-1", "--kind", "gateway", "--gateway", gateway["name"]!.GetValue<string>(), "--cluster", cluster, "--namespace", "shop");
            string path = name == "two-regions" ? "/cart" : "/";
            using var caller = new Caller(
                new Uri($"http://{edge.OutboundAddress}:{gateway["listeners"]![0]!["port"]}/"), name == "two-regions" ? "shop.example" : "web.example");
            await Eventually.Until(async () => (await caller.TryAsync(path)).Status == 200);
        }
        await Task.WhenAll(workloads.Select(workload => workload.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Example_OfKubernetes_Works()
    {
        using var data = new TemporaryFolder();
        await using KubeApiServer server = await KubeApiServer.StartAsync();
        server.StartEndpointsController();
        await server.InstallGatewayApiAsync();
        await server.ApplyAsync(await File.ReadAllTextAsync(Path.Combine(Folder, "kubernetes", "shop.yaml")));
        await using var pods = new KubernetesWorkloads(server, "web", 8080);
        await pods.StartPodAsync("web-1", "a");
        await using ControlPlaneProcess controlPlane = await ControlPlaneProcess.StartAsync(
            data.Path, "--config", Path.Combine(Folder, "kubernetes", "config"), "--kubernetes", $"east={server.Kubeconfig}");
        await using EnvoyProcess edge = await EnvoyProcess.StartAsync(controlPlane, "edge-1", "--kind", "gateway", "--gateway", "edge", "--cluster", "east");

        using var caller = new Caller(new Uri($"http://{edge.OutboundAddress}:8090/"), "anything");
        await caller.UntilAnsweredByAsync("web-1");
        (await controlPlane.GetAsync("configuration"))["problems"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Quickstart_WithCheck_ShowsWhatItSays()
    {
        var ports = new Dictionary<string, string?>
        {
            ["REST_PORT"] = Number(Loopback.FreePort()), ["XDS_PORT"] = Number(Loopback.FreePort()), ["GATEWAY_PORT"] = Number(Loopback.FreePort()),
            ["BASE_PORT"] = Number(Loopback.FreePorts(6)), ["ADMIN_PORT"] = Number(Loopback.FreePorts(2)), ["ENVOY"] = Peer.Envoy,
        };

        await using ChildProcess script = await ChildProcess.RunAsync(Path.Combine(Peer.Root, "deploy", "quickstart.sh"), ["--check"], TimeSpan.FromMinutes(4), ports);

        script.ExitCode.ShouldBe(0, script.Output);
        script.Output.ShouldContain("as expected");
    }

    [Fact]
    public async Task Bank_WithCheck_ShowsWhatItSays()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string?>
        {
            // Other tests have addresses below it.
            ["LOOPBACK"] = $"127.{211 + (Environment.ProcessId % 40)}", ["APP_PORT"] = Number(Loopback.FreePorts(11)), ["ENVOY"] = Peer.Envoy, ["GRAPH"] = folder.File("bank.svg"),
        };

        await using ChildProcess script = await ChildProcess.RunAsync(
            Path.Combine(Peer.Root, "deploy", "examples", "bank", "run.sh"), ["--check"], TimeSpan.FromMinutes(5), environment);

        script.ExitCode.ShouldBe(0, script.Output);
        script.Output.ShouldContain("as expected");
        (await File.ReadAllTextAsync(folder.File("bank.svg"))).ShouldContain("bank-api-dc1");
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Task<Backend> StartAsync(JsonNode endpoint, JsonNode[] services)
    {
        JsonNode service = services.Single(service => $"{service["mesh"]}/{service["namespace"]}/{service["name"]}" == endpoint["service"]!.GetValue<string>());
        bool isHttp2 = service["ports"]![0]!["protocol"]!.GetValue<string>() is "Grpc" or "Http2";
        return Backend.StartAsync(
            endpoint["workload"]!.GetValue<string>(),
            new IPEndPoint(IPAddress.Parse(endpoint["address"]!.GetValue<string>()), endpoint["ports"]!.AsObject().First().Value!.GetValue<int>()),
            isHttp2 ? HttpProtocols.Http2 : HttpProtocols.Http1);
    }

    private static async Task<bool> ConnectsAsync(string address, int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Parse(address), port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
