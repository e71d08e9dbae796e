using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>An instance of a service: an application that answers with its name, and its sidecar, in a network namespace of their own.</summary>
public sealed class Pod : IAsyncDisposable
{
    /// <summary>Where its sidecar listens.</summary>
    public const int Port = 15080;

    private readonly NetworkNamespace machine;
    private readonly string network;
    private readonly HttpClient http;
    private readonly EnvoyProcess sidecar;
    private ChildProcess application;

    private Pod(string name, string cluster, NetworkNamespace machine, string network, EnvoyProcess sidecar)
    {
        Name = name;
        Cluster = cluster;
        this.machine = machine;
        this.network = network;
        this.sidecar = sidecar;
        http = new HttpClient { BaseAddress = new Uri($"http://{machine.Address}:8080") };
        application = Run();
    }

    public string Name { get; }

    public string Cluster { get; }

    public string Address => machine.Address;

    /// <summary>What its registry says of it.</summary>
    public string Health { get; set; } = "Healthy";

    public static async Task<Pod> StartAsync(ControlPlaneProcess controlPlane, string name, string cluster, NetworkNamespace machine, string network, string token)
    {
        EnvoyProcess sidecar = await EnvoyProcess.StartAsync(
            controlPlane, name, machine, "--cluster", cluster, "--namespace", "shop", "--token-file", token, "--inbound", $"8080={Port}:HTTP");
        var pod = new Pod(name, cluster, machine, network, sidecar);
        await pod.WaitUntilReadyAsync();
        return pod;
    }

    /// <summary>SIGKILL to all its processes.</summary>
    public void Kill()
    {
        sidecar.Kill();
        application.Kill();
    }

    /// <summary>Its machine is off the network.</summary>
    public Task CutAsync() => machine.CutAsync(network);

    /// <summary>Whatever happened to it: its machine is in the network, and its processes run.</summary>
    public async Task BringBackAsync()
    {
        await machine.MendAsync(network);
        if (application.HasExited || sidecar.HasExited)
        {
            await application.DisposeAsync();
            application = Run();
            await sidecar.RestartAsync();
        }
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await sidecar.DisposeAsync();
        await application.DisposeAsync();
        http.Dispose();
    }

    private ChildProcess Run() => machine.Start(Path.Combine(AppContext.BaseDirectory, "sample"), [$"{Name}@0.0.0.0:8080"]);

    // As a registry asks before it says so.
    private Task WaitUntilReadyAsync() => Eventually.Until(
        async () =>
        {
            try
            {
                return await http.GetStringAsync(new Uri("/", UriKind.Relative)) is var answer && answer.StartsWith(Name, StringComparison.Ordinal);
            }
            catch (HttpRequestException)
            {
                return application.HasExited ? throw new InvalidOperationException($"{Name} has ended: {application.Output}") : false;
            }
        },
        state: () => application.Output, what: $"{Name} answers");
}
