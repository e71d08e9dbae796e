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

    private static Task<IReadOnlyList<Measurement>> PeerAsync(BenchmarkOptions options, int services) => MeasureAsync(
        options, services, "xds-peer (LinearCache)", ["--spawn", $"{Peer.XdsPeer} --cache linear --routes --services {{{{services}}}} --endpoints {{{{endpoints}}}}"]);

    private static async Task<IReadOnlyList<Measurement>> FilesAsync(BenchmarkOptions options, int services)
    {
        await using Product product = await Product.StartAsync(services);
        await Eventually.Until(() => product.HasServicesAsync(services));
        using var templates = new TemporaryFolder();
        string[] arguments = [
            .. ToProduct(product), "--endpoint-format", ServiceFile.EndpointTemplate, "--endpoint-separator", "\n",
            "--inject", $"file {product.Configuration}/{{{{service}}}}.yaml @{templates.Write("service.yaml", ServiceFile.Template)}"];
        // Once for the compiler: a control plane runs for weeks.
        await Fleet.RunAsync(options, services, arguments);
        return await MeasureAsync(options, services, $"{EngineName.Product}, files", arguments);
    }

    private static async Task<IReadOnlyList<Measurement>> KubernetesAsync(BenchmarkOptions options, int services)
    {
        await using KubernetesSource kubernetes = await KubernetesSource.StartAsync(services);
        await using Product product = await Product.StartAsync(0, "--kubernetes", $"bench={kubernetes.Kubeconfig}");
        await Eventually.Until(() => product.HasServicesAsync(services), TimeSpan.FromMinutes(1));
        await using InjectionProxy proxy = await InjectionProxy.StartAsync(kubernetes.Insecure);
        (FleetResult result, FleetResult own) = await FromKubernetesAsync(options, services, product, proxy);
        string of = $"{EngineName.Product}, kubernetes";
        return [
            .. Fleet.Report(services, of + " (with the API server)", result),
            .. Fleet.Report(services, of + ", from the watch event", own),
        ];
    }

    /// <summary>Changes in Kubernetes, until streams of this product have them, which may have them from another one.</summary>
    /// <param name="proxy">Where the changes are made.</param>
    /// <returns>From before the write, and from its watch event.</returns>
    public static async Task<(FleetResult WithServer, FleetResult Own)> FromKubernetesAsync(BenchmarkOptions options, int services, Product product, InjectionProxy proxy)
    {
        using var templates = new TemporaryFolder();
        string body = templates.Write("slice.json", ServiceFile.Slice("{{service}}", "{{port}}"));
        string[] arguments = [.. ToProduct(product), "--inject", $"http PUT http://localhost:{proxy.Port}/{{{{service}}}}/{{{{port}}}} @{body}"];
        await Fleet.RunAsync(options, services, arguments);
        FleetResult result = await Fleet.RunAsync(options, services, arguments);
        // The last rounds are the measured ones; those before them were to warm up.
        double[] server = [.. proxy.WriteToEvent.TakeLast(result.Last.Count)];
        return (result, result with { Last = [.. result.Last.Zip(server, (last, write) => last - write).Order()] });
    }

    /// <summary>What the machine itself takes.</summary>
    public static Task<IReadOnlyList<Measurement>> FloorAsync(BenchmarkOptions options, int services, string benchmark = "propagate") =>
        MeasureAsync(options, services, "loopback floor", ["--floor", "--spawn", $"{Peer.XdsFleet} floor --size 593"], benchmark);

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(BenchmarkOptions options, int services, string of, string[] arguments, string benchmark = "propagate") =>
        Fleet.Report(services, of, await Fleet.RunAsync(options, services, arguments), benchmark);

    public static string[] ToProduct(Product product) => [
        "--addr", $"127.0.0.1:{product.XdsPort}", "--pid", product.ProcessId.ToString(CultureInfo.InvariantCulture), "--node-metadata-json", Metadata,
        "--resource-name", "p80.svc-{i}.default.default.mesh"];
}
