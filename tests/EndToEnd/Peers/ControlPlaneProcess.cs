using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>The product itself, as a process of its own, so that it can be killed.</summary>
public sealed class ControlPlaneProcess : IAsyncDisposable
{
    private readonly string[] arguments;
    private readonly HttpClient http;
    private ChildProcess process;

    private ControlPlaneProcess(string executable, string[] arguments, string host, int restPort, int xdsPort)
    {
        Executable = executable;
        this.arguments = arguments;
        XdsPort = xdsPort;
        http = new HttpClient { BaseAddress = new Uri($"http://{host}:{restPort}") };
        process = ChildProcess.Start(Executable, arguments, TestCredentials.Environment);
    }

    /// <summary>The command, beside the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "controlplane");

    /// <summary>What is started the next time.</summary>
    public string Executable { get; set; }

    public int XdsPort { get; }

    /// <summary>Where proxies find it.</summary>
    public string Xds => $"{Rest.Host}:{XdsPort}";

    public Uri Rest => http.BaseAddress!;

    public int ProcessId => process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>What it has printed since it was started last.</summary>
    public string Output => process.Output;

    /// <summary>Starts it, without waiting for anything.</summary>
    /// <param name="data">The folder of its state.</param>
    public static ControlPlaneProcess Launch(string data, params string[] options) => LaunchOn("127.0.0.1", data, options);

    /// <inheritdoc cref="Launch"/>
    /// <param name="host">An address of this machine.</param>
    public static ControlPlaneProcess LaunchOn(string host, string data, params string[] options) => LaunchBuild(Program, host, data, options);

    /// <inheritdoc cref="LaunchOn"/>
    /// <param name="executable">This build, or another one.</param>
    public static ControlPlaneProcess LaunchBuild(string executable, string host, string data, params string[] options)
    {
        (int rest, int xds) = (Loopback.FreePort(), Loopback.FreePort());
        return new ControlPlaneProcess(
            executable, ["run", "--data", data, "--rest-address", $"{host}:{rest}", "--xds-address", $"{host}:{xds}", .. options], host, rest, xds);
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<ControlPlaneProcess> StartAsync(string data, params string[] options)
    {
        ControlPlaneProcess started = Launch(data, options);
        await started.WaitUntilReadyAsync();
        return started;
    }

    public Task WaitUntilReadyAsync() => Eventually.Until(IsReadyAsync, state: () => Output);

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return process.HasExited ? throw new InvalidOperationException($"the control plane has ended: {Output}") : false;
        }
    }

    /// <summary>Something of the REST API.</summary>
    /// <param name="path">Under <c>/v1</c>.</param>
    public async Task<JsonNode> GetAsync(string path) => (await http.GetFromJsonAsync<JsonNode>(new Uri($"/v1/{path}", UriKind.Relative)))!;

    public async Task<JsonArray> ListAsync(string path) => (await GetAsync(path))["items"]!.AsArray();

    /// <summary>Where each endpoint serves port 80, <c>127.0.0.1:8001 Healthy eu/a</c>.</summary>
    public async Task<string> EndpointsAsync() => string.Join(", ", (await ListAsync("endpoints")).Select(
        endpoint => $"{endpoint!["address"]}:{endpoint["ports"]!["80"]} {endpoint["health"]} {endpoint["locality"]!["region"]}/{endpoint["locality"]!["zone"]}"));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => http.SendAsync(request);

    /// <summary>The sum of a metric over its labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        string text = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return text.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is ' ' or '{')
            .Sum(line => double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(Eventually.Deadline);
    }

    /// <summary>STOP and CONT: a process that is there and does not answer.</summary>
    public void Signal(string name) => process.Signal(name);

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync(Eventually.Deadline);
        return process.ExitCode;
    }

    /// <summary>What <c>/readyz</c> says, whatever its status; empty: it does not answer.</summary>
    public async Task<string> ReadinessAsync()
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
            return await response.Content.ReadAsStringAsync();
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    /// <summary>Starts an agent that probes the gateways that callers of a network use.</summary>
    public ChildProcess StartProber(string network, params string[] options) => ChildProcess.Start(
        Program, ["agent", "--probe", "--network", network, "--name", "prober-1", "--interval", "300ms", "--timeout", "300ms", "--server", Rest.ToString(), .. options]);

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task<int> StopAsync()
    {
        process.Signal("TERM");
        await process.WaitForExitAsync(TimeSpan.FromSeconds(30));
        return process.ExitCode;
    }

    /// <summary>Starts it again as it was, after its end.</summary>
    public async Task RestartAsync(bool waitUntilReady = true)
    {
        await process.DisposeAsync();
        process = ChildProcess.Start(Executable, arguments, TestCredentials.Environment);
        if (waitUntilReady)
        {
            await WaitUntilReadyAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
    }
}
