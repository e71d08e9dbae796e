using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>The product as a process, on a folder of generated services.</summary>
internal sealed class Product : IAsyncDisposable
{
    private const int RestSeconds = 10;
    private readonly TemporaryFolder folder;
    private readonly ChildProcess process;
    private readonly HttpClient http;

    private Product(TemporaryFolder folder, ChildProcess process, int rest, int xds)
    {
        this.folder = folder;
        this.process = process;
        XdsPort = xds;
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{rest}") };
    }

    public int XdsPort { get; }

    public int ProcessId => process.Id;

    public string Configuration => folder.File("configuration");

    /// <summary>From the start of the process until it is ready.</summary>
    public TimeSpan TimeToReady { get; private set; }

    /// <summary>What it has used of processors until it was ready.</summary>
    public TimeSpan CpuToReady { get; private set; }

    /// <summary>Resident memory in MB.</summary>
    public double Memory => Status("VmRSS:");

    /// <summary>Resident memory in MB, once what only the start needed has been given back.</summary>
    public async Task<double> RestingMemoryAsync()
    {
        double lowest = Memory;
        for (int second = 0; second < RestSeconds; second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            lowest = Math.Min(lowest, Memory);
        }
        return lowest;
    }

    /// <summary>The most there ever was of it, in MB.</summary>
    public double PeakMemory => Status("VmHWM:");

    /// <param name="services">How many services of ten endpoints its folder has.</param>
    public static Task<Product> StartAsync(int services, params string[] options) => StartAsync(services, "", options);

    /// <param name="more">Objects of its folder beside those.</param>
    public static async Task<Product> StartAsync(int services, string more, string[] options)
    {
        var folder = new TemporaryFolder();
        folder.Write("configuration/cluster.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: bench}
            spec: {locality: {region: r1, zone: z1}}
            """);
        if (more.Length > 0)
        {
            folder.Write("configuration/more.yaml", more);
        }
        for (int i = 0; i < services; i++)
        {
            folder.Write($"configuration/svc-{i}.yaml", ServiceFile.Write(i));
        }
        (int rest, int xds) = (Loopback.FreePort(), Loopback.FreePort());
        long start = Stopwatch.GetTimestamp();
        ChildProcess process = ChildProcess.Start(Path.Combine(AppContext.BaseDirectory, "controlplane"), [
            "run", "--config", folder.File("configuration"), "--data", folder.File("data"), "--rest-address", $"127.0.0.1:{rest}",
            "--xds-address", $"127.0.0.1:{xds}", .. options]);
        var product = new Product(folder, process, rest, xds);
        await Eventually.Until(product.IsReadyAsync, TimeSpan.FromMinutes(5), () => process.Output);
        product.TimeToReady = Stopwatch.GetElapsedTime(start);
        using Process self = Process.GetProcessById(process.Id);
        product.CpuToReady = self.TotalProcessorTime;
        return product;
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    public async Task<bool> HasServicesAsync(int count)
    {
        JsonNode page = JsonNode.Parse(await http.GetStringAsync(new Uri("/v1/services?limit=1", UriKind.Relative)))!;
        return page["total"]!.GetValue<int>() == count;
    }

    public async Task<int> EndpointsAsync()
    {
        JsonNode page = JsonNode.Parse(await http.GetStringAsync(new Uri("/v1/endpoints?limit=1", UriKind.Relative)))!;
        return page["total"]!.GetValue<int>();
    }

    private double Status(string field)
    {
        string line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
