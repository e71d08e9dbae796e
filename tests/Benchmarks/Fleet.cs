using System.Globalization;
using System.Text.Json.Nodes;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>The fleet of simulated Envoys that measures.</summary>
internal static class Fleet
{
    public static async Task<IReadOnlyList<Measurement>> PropagateAsync(BenchmarkOptions options, int services, string of, string[] arguments)
    {
        await using ChildProcess fleet = await ChildProcess.RunAsync(Peer.XdsFleet, [
            "propagate", "--n", Number(options.Streams), "--services", Number(services), "--endpoints", Number(ServiceFile.Endpoints),
            "--rounds", Number(options.Rounds), "--json", .. arguments], TimeSpan.FromMinutes(5));
        if (fleet.ExitCode != 0)
        {
            throw new InvalidOperationException($"xds-fleet: {fleet.Output}");
        }
        JsonNode json = JsonNode.Parse(fleet.Output[fleet.Output.IndexOf('{', StringComparison.Ordinal)..])!;
        double[] last = [.. json["all_rounds"]!.AsArray().Select(round => round!["last_ns"]!.GetValue<double>() / 1e6).Order()];
        string benchmark = $"propagate, {services} services";
        Measurement cpu = new(benchmark, of, "server CPU a message", json["server_cpu_us_per_message"]?.GetValue<double>() ?? double.NaN, "us");
        Measurement best = new(benchmark, of, "last stream, best", last[0], "ms");
        Console.WriteLine(best);
        return [best, .. Report(benchmark, of, last[last.Length / 2], last[(int)(last.Length * 0.99)]), Print(cpu)];
    }

    public static IReadOnlyList<Measurement> Report(string benchmark, string of, double median, double p99)
    {
        Measurement[] results = [new(benchmark, of, "last stream, median", median, "ms"), new(benchmark, of, "last stream, p99", p99, "ms")];
        foreach (Measurement result in results)
        {
            Console.WriteLine(result);
        }
        return results;
    }

    private static Measurement Print(Measurement measurement)
    {
        Console.WriteLine(measurement);
        return measurement;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
