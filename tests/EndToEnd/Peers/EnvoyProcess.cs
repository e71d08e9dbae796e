using System.Text.Json.Nodes;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A real Envoy, with the bootstrap that the product writes for it.</summary>
public sealed class EnvoyProcess : IAsyncDisposable
{
    private readonly ChildProcess process;
    private readonly TemporaryFolder folder;
    private readonly HttpClient http;

    private EnvoyProcess(ChildProcess process, TemporaryFolder folder, int admin, string address)
    {
        this.process = process;
        this.folder = folder;
        OutboundAddress = address;
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{admin}") };
    }

    /// <summary>A loopback address of its own, where its outbound listeners are.</summary>
    public string OutboundAddress { get; }

    /// <summary>Where applications send HTTP.</summary>
    public Uri Outbound => new($"http://{OutboundAddress}:15001/");

    public string Log => File.Exists(folder.File("log")) ? File.ReadAllText(folder.File("log")) : process.Output;

    /// <summary>Starts it, without waiting for anything.</summary>
    /// <param name="options">What <c>controlplane bootstrap</c> is told beside the node's name and the addresses.</param>
    public static async Task<EnvoyProcess> LaunchAsync(ControlPlaneProcess controlPlane, string node, params string[] options)
    {
        string address = Loopback.FreeAddress();
        int admin = Loopback.FreePort();
        await using ChildProcess bootstrap = await ChildProcess.RunAsync(ControlPlaneProcess.Program, [
            "bootstrap", "--node", node, "--xds", $"127.0.0.1:{controlPlane.XdsPort}", "--admin", $"127.0.0.1:{admin}",
            "--outbound-address", address, "--address", address, .. options]);
        Assert.True(bootstrap.ExitCode == 0, bootstrap.Output);
        return Launch(bootstrap.Output, admin, address);
    }

    /// <summary>Starts it and waits until it has listeners.</summary>
    public static async Task<EnvoyProcess> StartAsync(ControlPlaneProcess controlPlane, string node, params string[] options)
    {
        EnvoyProcess envoy = await LaunchAsync(controlPlane, node, options);
        await Eventually.Until(async () => await envoy.StatAsync("listener_manager.lds.update_success") >= 1, state: () => $"{envoy.Log}\n{controlPlane.Output}");
        return envoy;
    }

    public static EnvoyProcess Launch(string bootstrap, int admin, string address)
    {
        var folder = new TemporaryFolder();
        string file = folder.Write("envoy.yaml", bootstrap);
        ChildProcess process = ChildProcess.Start(
            Peer.Envoy, ["-c", file, "--disable-hot-restart", "--concurrency", "1", "-l", "warn", "--log-path", folder.File("log")], TestCredentials.Environment);
        return new EnvoyProcess(process, folder, admin, address);
    }

    /// <summary>A counter or gauge; 0 while there is none.</summary>
    public async Task<long> StatAsync(string name)
    {
        try
        {
            string text = await http.GetStringAsync(new Uri($"/stats?filter=^{System.Text.RegularExpressions.Regex.Escape(name)}$", UriKind.Relative));
            return text.Split(": ") is [_, var value] ? long.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        }
        catch (HttpRequestException)
        {
            return process.HasExited ? throw new InvalidOperationException($"Envoy has ended: {Log}") : 0;
        }
    }

    /// <summary>The endpoints of an Envoy cluster with their health, as <c>address:port</c>.</summary>
    public async Task<Dictionary<string, string>> HostsAsync(string cluster)
    {
        JsonNode clusters = JsonNode.Parse(await http.GetStringAsync(new Uri("/clusters?format=json", UriKind.Relative)))!;
        JsonNode? found = clusters["cluster_statuses"]!.AsArray().FirstOrDefault(status => (string?)status!["name"] == cluster);
        return found?["host_statuses"]?.AsArray().ToDictionary(
            host => $"{host!["address"]!["socket_address"]!["address"]}:{host["address"]!["socket_address"]!["port_value"]}",
            host => (string?)host!["health_status"]?["eds_health_status"] ?? "") ?? [];
    }

    public Task<string> AdminAsync(string path) => http.GetStringAsync(new Uri(path, UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }
}
