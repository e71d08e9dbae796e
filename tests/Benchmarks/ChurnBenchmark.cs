using System.Globalization;
using System.Text.Json.Nodes;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>
/// Endpoints change all the time: how late the simulated Envoys have it, from the moment before the write, and what it costs. Beside the rival, which is
/// changed directly.
/// </summary>
internal static class ChurnBenchmark
{
    private const int WarmUpSeconds = 10;

    public static async Task<IReadOnlyList<Measurement>> RunAsync(BenchmarkOptions options)
    {
        int services = options.Services.Max();
        var results = new List<Measurement>();
        string peer = $"{Peer.XdsPeer} --cache linear --routes --services {{{{services}}}} --endpoints {{{{endpoints}}}}";
        results.AddRange(await MeasureAsync(options, services, "xds-peer (LinearCache), changed directly", ["--spawn", peer]));
        await using KubernetesSource kubernetes = await KubernetesSource.StartAsync(services);
        await using Product product = await Product.StartAsync(0, "--kubernetes", $"bench={kubernetes.Kubeconfig}");
        await Eventually.Until(() => product.HasServicesAsync(services), TimeSpan.FromMinutes(1));
        using var templates = new TemporaryFolder();
        string body = templates.Write("slice.json", ServiceFile.Slice("{{service}}", "{{port}}"));
        string[] arguments = [
            .. PropagateBenchmark.ToProduct(product), "--header", "Content-Type: application/json",
            "--inject", $"http PUT {kubernetes.Insecure}apis/discovery.k8s.io/v1/namespaces/default/endpointslices/{{{{service}}}}-x @{body}"];
        // Once for the compiler.
        await RunAsync(options with { Seconds = WarmUpSeconds }, services, arguments);
        results.AddRange(await MeasureAsync(options, services, $"{EngineName.Product}, kubernetes", arguments));
        return results;
    }

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(BenchmarkOptions options, int services, string of, string[] arguments)
    {
        JsonNode json = (await RunAsync(options, services, arguments))["result"]!;
        double Milliseconds(string field) => json[field]!.GetValue<double>() / 1e6;
        string benchmark = string.Create(CultureInfo.InvariantCulture, $"churn, {options.Rate}/s, {options.Streams} streams");
        Measurement[] measured = [
            new(benchmark, of, "changes accepted", json["rate_achieved"]!.GetValue<double>(), "/s"),
            new(benchmark, of, "write itself, p50", Milliseconds("inject_p50_ns"), "ms"),
            new(benchmark, of, "write itself, p99", Milliseconds("inject_p99_ns"), "ms"),
            new(benchmark, of, "p50", Milliseconds("p50_ns"), "ms"),
            new(benchmark, of, "p99", Milliseconds("p99_ns"), "ms"),
            new(benchmark, of, "server CPU", json["server_cores"]!.GetValue<double>(), "cores"),
            new(benchmark, of, "memory growth", json["cost"]!["server_rss_growth"]!.GetValue<double>() / 1024 / 1024, "MB")];
        Array.ForEach(measured, Console.WriteLine);
        return measured;
    }

    private static async Task<JsonNode> RunAsync(BenchmarkOptions options, int services, string[] arguments)
    {
        string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
        await using ChildProcess fleet = await ChildProcess.RunAsync(Peer.XdsFleet, [
            "churn", "--n", Number(options.Streams), "--services", Number(services), "--endpoints", Number(ServiceFile.Endpoints),
            "--rate", Number(options.Rate), "--for", $"{options.Seconds}s", "--inject-parallel", "32", "--json", .. arguments], TimeSpan.FromMinutes(5));
        return fleet.ExitCode == 0
            ? JsonNode.Parse(fleet.Output[fleet.Output.IndexOf('{', StringComparison.Ordinal)..])!
            : throw new InvalidOperationException($"xds-fleet: {fleet.Output}");
    }
}
