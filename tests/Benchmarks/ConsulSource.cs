using System.Diagnostics;
using System.Globalization;
using System.Text;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>A real Consul with many instances.</summary>
internal sealed class ConsulSource : IAsyncDisposable
{
    // As many operations as a transaction may have.
    private const int Batch = 64;
    private readonly TemporaryFolder folder;
    private readonly ChildProcess process;
    private readonly HttpClient http;

    private ConsulSource(TemporaryFolder folder, ChildProcess process, int port)
    {
        this.folder = folder;
        this.process = process;
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public Uri Address => http.BaseAddress!;

    public static async Task<ConsulSource> StartAsync(int services, int endpoints)
    {
        var folder = new TemporaryFolder();
        int port = Loopback.FreePorts(4);
        folder.Write("consul.json", string.Create(CultureInfo.InvariantCulture, $$"""
            {"bind_addr": "127.0.0.1", "client_addr": "127.0.0.1", "advertise_addr": "127.0.0.1", "disable_update_check": true,
             "ports": {"http": {{port}}, "https": -1, "grpc": -1, "dns": -1, "serf_lan": {{port + 1}}, "serf_wan": {{port + 2}}, "server": {{port + 3}} } }
            """));
        ChildProcess process = ChildProcess.Start(
            Peer.Installed("consul/usr/bin/consul"), ["agent", "-dev", "-node=dev1", "-log-level=warn", $"-config-file={folder.File("consul.json")}"]);
        var source = new ConsulSource(folder, process, port);
        await Eventually.Until(source.IsReadyAsync, TimeSpan.FromSeconds(30), () => process.Output);
        string[] operations = [.. Nodes(endpoints), .. Enumerable.Range(0, services).SelectMany(service => Services(service, endpoints))];
        foreach (string[] batch in operations.Chunk(Batch))
        {
            using HttpResponseMessage response = await source.http.PutAsync(
                new Uri("/v1/txn", UriKind.Relative), new StringContent($"[{string.Join(',', batch)}]", Encoding.UTF8, "application/json"));
            response.EnsureSuccessStatusCode();
        }
        return source;
    }

    /// <summary>How long a client needs that only reads what there is.</summary>
    public async Task<TimeSpan> ReadAsync(int services)
    {
        long start = Stopwatch.GetTimestamp();
        await http.GetStringAsync(new Uri("/v1/catalog/services", UriKind.Relative));
        await Parallel.ForAsync(0, services, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, stop) =>
            await http.GetByteArrayAsync(new Uri($"/v1/health/service/svc-{i}", UriKind.Relative), stop));
        return Stopwatch.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    // Machines that run one instance of each service.
    private static IEnumerable<string> Nodes(int count) => Enumerable.Range(1, count).Select(i =>
        $$"""{"Node": {"Verb": "set", "Node": {"Node": "node-{{i}}", "Address": "10.0.0.{{i}}", "Meta": {"zone": "z{{(i % 3) + 1}}", "region": "r1"} } } }""");

    private static IEnumerable<string> Services(int service, int endpoints) => Enumerable.Range(1, endpoints).Select(i =>
        $$$"""{"Service": {"Verb": "set", "Node": "node-{{{i}}}", "Service": {"ID": "svc-{{{service}}}-{{{i}}}", "Service": "svc-{{{service}}}", "Tags": ["http"], "Port": 9001, "Address": "10.{{{service / 250}}}.{{{service % 250}}}.{{{i}}}" } } }""");

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return (await http.GetStringAsync(new Uri("/v1/status/leader", UriKind.Relative))).Length > 4;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
