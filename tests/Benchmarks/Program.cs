using System.Text.Json;
using ControlPlane.Tests.Benchmarks;

// Prints a table, and writes JSON where --json says. Times are of this machine, now: only what was measured in one run may be compared.
//   ControlPlane.Tests.Benchmarks [start] [propagate] [cold-start] [churn] [routes] [regions] [--streams 100] [--services 100,1000] [--rounds 50]
//     [--rate 1000] [--seconds 60] [--json FILE]
var options = BenchmarkOptions.Read(args);
var results = new List<Measurement>();
if (options.Includes("start"))
{
    results.AddRange(await StartBenchmark.RunAsync(options));
}
if (options.Includes("propagate"))
{
    results.AddRange(await PropagateBenchmark.RunAsync(options));
}
if (options.Includes("cold-start"))
{
    results.AddRange(await ColdStartBenchmark.RunAsync(options));
}
if (options.Includes("churn"))
{
    results.AddRange(await ChurnBenchmark.RunAsync(options));
}
if (options.Includes("routes"))
{
    results.AddRange(RoutesBenchmark.Run());
}
if (options.Includes("regions"))
{
    results.AddRange(await RegionsBenchmark.RunAsync(options));
}
if (options.JsonFile is { } file)
{
    await File.WriteAllTextAsync(file, JsonSerializer.Serialize(results, BenchmarkOptions.Json));
}
