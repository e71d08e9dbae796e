using System.Globalization;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>
/// One endpoint of one service changes at the source: the time until the last of the simulated Envoys has it. Beside the rival and the floor, all in
/// turns in one run.
/// </summary>
internal static class PropagateBenchmark
{
    private const string Metadata = """{"controlplane":{"kind":"sidecar","cluster":"bench"}}""";

    public static async Task<IReadOnlyList<Measurement>> RunAsync(BenchmarkOptions options)
    {
        var results = new List<Measurement>();
        foreach (int services in options.Services)
        {
            results.AddRange(await FloorAsync(options, services));
            results.AddRange(await PeerAsync(options, services));
            results.AddRange(await FilesAsync(options, services));
            results.AddRange(await KubernetesAsync(options, services));
        }
        return results;
    }

    private static Task<IReadOnlyList<Measurement>> FloorAsync(BenchmarkOptions options, int services) =>
        Fleet.PropagateAsync(options, services, "loopback floor", ["--floor", "--spawn", $"{Peer.XdsFleet} floor --size 593"]);

    private static Task<IReadOnlyList<Measurement>> PeerAsync(BenchmarkOptions options, int services) => Fleet.PropagateAsync(
        options, services, "xds-peer (LinearCache)", ["--spawn", $"{Peer.XdsPeer} --cache linear --routes --services {{{{services}}}} --endpoints {{{{endpoints}}}}"]);

    private static async Task<IReadOnlyList<Measurement>> FilesAsync(BenchmarkOptions options, int services)
    {
        await using Product product = await Product.StartAsync(services);
        await Eventually.Until(() => product.HasServicesAsync(services));
        using var templates = new TemporaryFolder();
        return await Fleet.PropagateAsync(options, services, $"{EngineName.Product}, files", [
            .. ToProduct(product), "--endpoint-format", ServiceFile.EndpointTemplate, "--endpoint-separator", "\n",
            "--inject", $"file {product.Configuration}/{{{{service}}}}.yaml @{templates.Write("service.yaml", ServiceFile.Template)}"]);
    }

    private static async Task<IReadOnlyList<Measurement>> KubernetesAsync(BenchmarkOptions options, int services)
    {
        await using KubernetesSource kubernetes = await KubernetesSource.StartAsync(services);
        await using Product product = await Product.StartAsync(0, "--kubernetes", $"bench={kubernetes.Kubeconfig}");
        await Eventually.Until(() => product.HasServicesAsync(services), TimeSpan.FromMinutes(1));
        using var templates = new TemporaryFolder();
        string body = templates.Write("slice.json", ServiceFile.Slice("{{service}}", "{{port}}"));
        var results = new List<Measurement>(await Fleet.PropagateAsync(options, services, $"{EngineName.Product}, kubernetes", [
            .. ToProduct(product), "--header", "Content-Type: application/json",
            "--inject", $"http PUT {kubernetes.Insecure}apis/discovery.k8s.io/v1/namespaces/default/endpointslices/{{{{service}}}}-x @{body}"]));
        // What of that is the API server's: from the same write until a bare watch has the event.
        double[] watch = await kubernetes.MeasureWatchAsync(options.Rounds);
        results.AddRange(Fleet.Report($"propagate, {services} services", "kube-api: write to watch event", watch[watch.Length / 2], watch[(int)(watch.Length * 0.99)]));
        return results;
    }

    private static string[] ToProduct(Product product) => [
        "--addr", $"127.0.0.1:{product.XdsPort}", "--pid", product.ProcessId.ToString(CultureInfo.InvariantCulture), "--node-metadata-json", Metadata,
        "--resource-name", "p80.svc-{i}.default.default.mesh"];
}
