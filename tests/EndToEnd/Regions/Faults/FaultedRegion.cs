using System.Globalization;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>One of the regions: its sources, which change at random, and those who are told by it.</summary>
internal sealed class FaultedRegion(RegionProcess process, Truth truth, Action<string> fail) : IAsyncDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly Observer rest = new($"REST of {process.Name}", process.Name, truth, fail, carriesOver: false);
    private readonly Observer stream = new($"stream of {process.Name}", process.Name, truth, fail, carriesOver: true);
    private readonly SemaphoreSlim changing = new(1, 1);
    private InstanceServer registry = null!;
    private EnvoyProcess envoy = null!;
    private Task[] watching = [];
    private int lives;

    public string Name => process.Name;

    public RegionProcess Process => process;

    public ControlPlaneProcess ControlPlane => process.ControlPlane;

    public InstanceServer Registry => registry;

    /// <summary>Which life of the process this is, and what it began without.</summary>
    public Life Life { get; private set; } = new(0, Loss.Nothing);

    public int Seen => rest.Changes + stream.Changes;

    public async Task StartAsync()
    {
        registry = await InstanceServer.StartAsync();
        process.Write("registry.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: machines}
            spec: {cluster: {{Name}}, refreshSeconds: 1, http: {url: "{{registry.Document}}"}, mapping: {namespace: shop} }
            """);
        envoy = await EnvoyProcess.StartAsync(process.ControlPlane, $"web-{Name}", "--cluster", Name, "--namespace", "shop");
        watching = [new RestWatch(this, rest).RunAsync(end.Token), new StreamWatch(this, stream).RunAsync(end.Token)];
    }

    /// <summary>The process is about to be another one.</summary>
    public void BeginLife(Loss loss) => Life = new Life(Interlocked.Increment(ref lives), loss);

    /// <summary>Changes a service in its source: other endpoints, another health, gone, or back.</summary>
    public async Task ChangeAsync(Random random)
    {
        string service = Services.All[random.Next(Services.All.Length)];
        int count = random.Next(8) == 0 ? 0 : Services.IsRegistered(service) ? 1 : random.Next(1, 4);
        string[] health = [.. Enumerable.Range(0, count).Select(_ => random.Next(5) == 0 ? "Unhealthy" : "Healthy")];
        int port = truth.NextPort(Name);
        await changing.WaitAsync();
        try
        {
            truth.Say(Name, service, string.Join(", ", health.Select((how, i) => (how, Text: Text(AddressOf(service, i), port))).Where(endpoint => IsServing(endpoint.how)).Select(endpoint => endpoint.Text)));
            string name = service.Split('/')[1];
            if (Services.IsRegistered(service))
            {
                Register(name, port, count == 0 ? null : health[0]);
            }
            else if (count == 0)
            {
                process.Delete($"{name}.yaml");
            }
            else
            {
                process.Write($"{name}.yaml", $$"""
                    apiVersion: controlplane.io/v1alpha1
                    kind: Service
                    metadata: {name: {{name}}, namespace: {{service.Split('/')[0]}} }
                    spec:
                      ports: [{name: http, port: 80, protocol: http}]
                      endpoints: [{{string.Join(", ", health.Select((how, i) => string.Create(CultureInfo.InvariantCulture, $"{{address: {AddressOf(service, i)}, port: {port}, cluster: {Name}, health: {how}}}")))}}]
                    """);
            }
        }
        finally
        {
            changing.Release();
        }
    }

    /// <summary>How an endpoint is written in the truth.</summary>
    public static string Text(string address, int port) => string.Create(CultureInfo.InvariantCulture, $"{address}:{port}");

    /// <summary>
    /// Whether an endpoint belongs to what is compared. Those that are not healthy are shown to some and not to others: proxies are told of one that begins so
    /// only after a while.
    /// </summary>
    public static bool IsServing(string health) => string.Equals(health, "Healthy", StringComparison.OrdinalIgnoreCase);

    /// <summary>All that those who are told see otherwise than it is.</summary>
    public async Task<List<string>> DifferencesAsync()
    {
        List<string> differences = [.. rest.Differences(), .. stream.Differences()];
        foreach (string service in Services.All)
        {
            string[] hosts = [.. (await envoy.HostsAsync(Services.ClusterOf(service))).Where(host => IsServing(host.Value)).Select(host => host.Key).Order(StringComparer.Ordinal)];
            string[] truths = [.. truth.Regions.Select(author => truth.Now(author, Name, service)).Where(part => part.Length > 0).SelectMany(part => part.Split(", ")).Order(StringComparer.Ordinal)];
            if (!hosts.SequenceEqual(truths))
            {
                differences.Add($"Envoy of {Name}: {service} is '{string.Join(", ", truths)}' and seen as '{string.Join(", ", hosts)}'");
            }
        }
        return differences;
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await Task.WhenAll(watching);
        await (envoy?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (registry?.DisposeAsync() ?? ValueTask.CompletedTask);
        changing.Dispose();
        end.Dispose();
    }

    private static string AddressOf(string service, int number) => Services.IsRegistered(service) ? "127.0.0.1" : $"10.0.0.{number + 1}";

    private void Register(string name, int port, string? health)
    {
        if (health is null)
        {
            registry.Remove(name);
        }
        else
        {
            registry.Put(name, name, port, $", \"health\": \"{health.ToLowerInvariant()}\"");
        }
    }
}

/// <summary>A life of a region's process.</summary>
internal sealed record Life(int Number, Loss Loss);
