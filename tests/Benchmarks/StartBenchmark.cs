using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>From the start of the process until it is ready, and the memory that it takes.</summary>
internal static class StartBenchmark
{
    private const int Runs = 5;

    public static async Task<IReadOnlyList<Measurement>> RunAsync(BenchmarkOptions options)
    {
        var results = new List<Measurement>();
        foreach (int services in new[] { 0, options.Services.Max() })
        {
            var times = new List<double>();
            var memory = new List<double>();
            for (int run = 0; run < Runs; run++)
            {
                await using Product product = await Product.StartAsync(services);
                times.Add(product.TimeToReady.TotalMilliseconds);
                await Eventually.Until(() => product.HasServicesAsync(services));
                memory.Add(product.Memory);
            }
            string benchmark = services == 0 ? "start, idle" : $"start, {services} services";
            results.AddRange([
                Print(new Measurement(benchmark, EngineName.Product, "ready, best", times.Min(), "ms")),
                Print(new Measurement(benchmark, EngineName.Product, "ready, median", times.Order().ElementAt(Runs / 2), "ms")),
                Print(new Measurement(benchmark, EngineName.Product, "memory, median", memory.Order().ElementAt(Runs / 2), "MB"))]);
        }
        return results;
    }

    private static Measurement Print(Measurement measurement)
    {
        Console.WriteLine(measurement);
        return measurement;
    }
}
