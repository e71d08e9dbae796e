using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>
/// One endpoint changes in a registry of one region: the time until a stream of another region has it, over a link by mutual TLS on loopback. Beside it the
/// same change until a stream of its own region has it, and the floor.
/// </summary>
internal static class RegionsBenchmark
{
    private const string Name = "regions";

    public static async Task<IReadOnlyList<Measurement>> RunAsync(BenchmarkOptions options)
    {
        options = options with { Streams = 1 };
        var results = new List<Measurement>();
        foreach (int services in options.Services)
        {
            results.AddRange(await PropagateBenchmark.FloorAsync(options, services, Name));
            results.AddRange(await MeasureAsync(options, services));
        }
        return results;
    }

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(BenchmarkOptions options, int services)
    {
        using var files = new TemporaryFolder();
        using var authority = new TestAuthority();
        (int near, int far) = (Loopback.FreePort(), Loopback.FreePort());
        await using KubernetesSource kubernetes = await KubernetesSource.StartAsync(services);
        await using Product a = await Product.StartAsync(0, LinkTo("b", far), [.. Region(files, authority, "a", near), "--kubernetes", $"bench={kubernetes.Kubeconfig}", "--warm-timeout", "1s"]);
        await using Product b = await Product.StartAsync(0, LinkTo("a", near), Region(files, authority, "b", far));
        await Eventually.Until(() => b.HasServicesAsync(services), TimeSpan.FromMinutes(1));
        await using InjectionProxy proxy = await InjectionProxy.StartAsync(kubernetes.Insecure);
        var results = new List<Measurement>();
        // In turns: one after the other would show what the machine did meanwhile.
        foreach ((Product product, string where) in (IEnumerable<(Product, string)>)[(a, "its own region"), (b, "another region"), (a, "its own region, again"), (b, "another region, again")])
        {
            (_, FleetResult own) = await PropagateBenchmark.FromKubernetesAsync(options, services, product, proxy);
            results.AddRange(Fleet.Report(services, $"{EngineName.Product}, event to {where}", own, Name));
        }
        return results;
    }

    private static string LinkTo(string region, int port) => $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Source
        metadata: {name: {{region}} }
        spec: {region: {address: "https://127.0.0.1:{{port}}"} }
        """;

    private static string[] Region(TemporaryFolder files, TestAuthority authority, string name, int port)
    {
        (string certificate, string key) = authority.Issue($"spiffe://bench.example/region/{name}");
        return [
            "--region", name, "--region-address", $"127.0.0.1:{port}", "--region-cert", files.Write($"{name}.crt", certificate),
            "--region-key", files.Write($"{name}.key", key), "--region-ca", files.Write("ca.crt", authority.Certificate)];
    }
}
