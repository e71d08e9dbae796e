using System.Globalization;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>
/// A control plane that knows nothing starts beside a registry with 100 endpoints in each of many services: how long until it is ready, beside a client
/// that only reads the same, and how much memory it takes.
/// </summary>
internal static class ColdStartBenchmark
{
    private const int Endpoints = 100;
    private const int Runs = 3;

    public static async Task<IReadOnlyList<Measurement>> RunAsync(BenchmarkOptions options)
    {
        int services = options.Services.Max();
        double idle = await IdleMemoryAsync();
        return [.. await KubernetesAsync(services, idle), .. await ConsulAsync(services, idle)];
    }

    private static async Task<IReadOnlyList<Measurement>> KubernetesAsync(int services, double idle)
    {
        await using KubernetesSource kubernetes = await KubernetesSource.StartAsync(services, Endpoints);
        return await MeasureAsync("kubernetes", services, idle, kubernetes.ReadAsync, () => Product.StartAsync(0, "--kubernetes", $"bench={kubernetes.Kubeconfig}"));
    }

    private static async Task<IReadOnlyList<Measurement>> ConsulAsync(int services, double idle)
    {
        await using ConsulSource consul = await ConsulSource.StartAsync(services, Endpoints);
        string source = $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: bench}
            spec: {cluster: bench, consul: {address: "{{consul.Address}}"} }
            """;
        return await MeasureAsync("consul", services, idle, () => consul.ReadAsync(services), () => Product.StartAsync(0, source, []));
    }

    private static async Task<IReadOnlyList<Measurement>> MeasureAsync(
        string of, int services, double idle, Func<Task<TimeSpan>> read, Func<Task<Product>> start)
    {
        var ready = new List<double>();
        var reading = new List<double>();
        var cpu = new List<double>();
        double memory = 0;
        double peak = 0;
        for (int run = 0; run < Runs; run++)
        {
            reading.Add((await read()).TotalSeconds);
            await using Product product = await start();
            ready.Add(product.TimeToReady.TotalSeconds);
            cpu.Add(product.CpuToReady.TotalSeconds);
            await Eventually.Until(async () => await product.EndpointsAsync() == services * Endpoints, TimeSpan.FromMinutes(2));
            peak = product.PeakMemory;
            memory = await product.RestingMemoryAsync();
        }
        string benchmark = string.Create(CultureInfo.InvariantCulture, $"cold start, {services * Endpoints} ends");
        Measurement[] measured = [
            new(benchmark, $"a client that reads {of}", "best", reading.Min(), "s"),
            new(benchmark, $"{EngineName.Product}, {of}", "ready, best", ready.Min(), "s"),
            new(benchmark, $"{EngineName.Product}, {of}", "ready, median", ready.Order().ElementAt(Runs / 2), "s"),
            new(benchmark, $"{EngineName.Product}, {of}", "CPU until then", cpu.Min(), "s"),
            new(benchmark, $"{EngineName.Product}, {of}", "memory, peak", peak, "MB"),
            new(benchmark, $"{EngineName.Product}, {of}", "memory, at rest", memory, "MB"),
            new(benchmark, $"{EngineName.Product}, {of}", "an endpoint", (memory - idle) * 1024 * 1024 / (services * Endpoints), "B")];
        Array.ForEach(measured, Console.WriteLine);
        return measured;
    }

    private static async Task<double> IdleMemoryAsync()
    {
        await using Product product = await Product.StartAsync(0);
        return await product.RestingMemoryAsync();
    }
}
