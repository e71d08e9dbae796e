using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A real Envoy, with the bootstrap that the product writes for it.</summary>
public sealed class EnvoyProcess : IAsyncDisposable
{
    private const int AdminPort = 9901;
    private readonly Func<ChildProcess> start;
    private readonly TemporaryFolder folder;
    private readonly HttpClient http;
    private ChildProcess process;

    private EnvoyProcess(string bootstrap, IPEndPoint admin, string address, NetworkNamespace? machine)
    {
        folder = new TemporaryFolder();
        string[] arguments = ["-c", folder.Write("envoy.yaml", bootstrap), "--disable-hot-restart", "--concurrency", "1", "-l", "warn", "--log-path", folder.File("log")];
        start = () => machine is null
            ? ChildProcess.Start(Peer.Envoy, arguments, TestCredentials.Environment)
            : machine.Start(Peer.Envoy, arguments, TestCredentials.Environment);
        OutboundAddress = address;
        http = new HttpClient { BaseAddress = new Uri($"http://{admin}") };
        process = start();
    }

    /// <summary>A loopback address of its own, or its machine's: where its outbound listeners are.</summary>
    public string OutboundAddress { get; }

    /// <summary>Where applications send HTTP.</summary>
    public Uri Outbound => new($"http://{OutboundAddress}:15001/");

    public string Log => File.Exists(folder.File("log")) ? File.ReadAllText(folder.File("log")) : process.Output;

    public bool HasExited => process.HasExited;

    /// <summary>Starts it, without waiting for anything.</summary>
    /// <param name="options">What <c>controlplane bootstrap</c> is told beside the node's name and the addresses.</param>
    public static Task<EnvoyProcess> LaunchAsync(ControlPlaneProcess controlPlane, string node, params string[] options) =>
        LaunchAsync(controlPlane, node, machine: null, options);

    /// <summary>Starts it and waits until it has listeners.</summary>
    public static Task<EnvoyProcess> StartAsync(ControlPlaneProcess controlPlane, string node, params string[] options) =>
        StartAsync(controlPlane, node, machine: null, options);

    /// <inheritdoc cref="StartAsync(ControlPlaneProcess, string, string[])"/>
    /// <param name="machine">Where it runs; null: here, on a loopback address of its own.</param>
    public static async Task<EnvoyProcess> StartAsync(ControlPlaneProcess controlPlane, string node, NetworkNamespace? machine, params string[] options)
    {
        EnvoyProcess envoy = await LaunchAsync(controlPlane, node, machine, options);
        await envoy.WaitUntilConfiguredAsync(() => controlPlane.Output);
        return envoy;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => process.Kill();

    /// <summary>Starts it again as it was, after its end, and waits until it has listeners.</summary>
    public async Task RestartAsync()
    {
        await process.WaitForExitAsync(Eventually.Deadline);
        await process.DisposeAsync();
        process = start();
        await WaitUntilConfiguredAsync(() => "");
    }

    /// <summary>A counter or gauge; 0 while there is none.</summary>
    public async Task<long> StatAsync(string name)
    {
        try
        {
            string text = await http.GetStringAsync(new Uri($"/stats?filter=^{System.Text.RegularExpressions.Regex.Escape(name)}$", UriKind.Relative));
            return text.Split(": ") is [_, var value] ? long.Parse(value, CultureInfo.InvariantCulture) : 0;
        }
        catch (HttpRequestException)
        {
            return process.HasExited ? throw new InvalidOperationException($"Envoy has ended: {Log}") : 0;
        }
    }

    /// <summary>The endpoints of an Envoy cluster with their health, as <c>address:port</c>.</summary>
    public Task<Dictionary<string, string>> HostsAsync(string cluster) =>
        HostsAsync(cluster, host => (string?)host["health_status"]?["eds_health_status"] ?? "");

    /// <summary>How many requests each endpoint of an Envoy cluster has been sent.</summary>
    public Task<Dictionary<string, long>> RequestsAsync(string cluster) => HostsAsync(cluster, host =>
        (string?)host["stats"]?.AsArray().FirstOrDefault(stat => (string?)stat!["name"] == "rq_total")?["value"] is { } value
            ? long.Parse(value, CultureInfo.InvariantCulture)
            : 0);

    public Task<string> AdminAsync(string path) => http.GetStringAsync(new Uri(path, UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    private static async Task<EnvoyProcess> LaunchAsync(ControlPlaneProcess controlPlane, string node, NetworkNamespace? machine, string[] options)
    {
        string address = machine?.Address ?? Loopback.FreeAddress();
        IPEndPoint admin = machine is null ? new IPEndPoint(IPAddress.Loopback, Loopback.FreePort()) : new IPEndPoint(IPAddress.Parse(address), AdminPort);
        await using ChildProcess bootstrap = await ChildProcess.RunAsync(ControlPlaneProcess.Program, [
            "bootstrap", "--node", node, "--xds", controlPlane.Xds, "--admin", admin.ToString(),
            "--outbound-address", address, "--address", machine is null ? address : "0.0.0.0", .. options]);
        Assert.True(bootstrap.ExitCode == 0, bootstrap.Output);
        return new EnvoyProcess(bootstrap.Output, admin, address, machine);
    }

    private async Task<Dictionary<string, T>> HostsAsync<T>(string cluster, Func<JsonNode, T> read)
    {
        JsonNode clusters = JsonNode.Parse(await http.GetStringAsync(new Uri("/clusters?format=json", UriKind.Relative)))!;
        JsonNode? found = clusters["cluster_statuses"]!.AsArray().FirstOrDefault(status => (string?)status!["name"] == cluster);
        return found?["host_statuses"]?.AsArray().ToDictionary(
            host => $"{host!["address"]!["socket_address"]!["address"]}:{host["address"]!["socket_address"]!["port_value"]}",
            host => read(host!)) ?? [];
    }

    private Task WaitUntilConfiguredAsync(Func<string> state) =>
        Eventually.Until(async () => await StatAsync("listener_manager.lds.update_success") >= 1, state: () => $"{Log}\n{state()}");
}
