using System.Globalization;
using System.Text.Json.Nodes;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>The fleet of simulated Envoys that measures.</summary>
internal static class Fleet
{
    public static async Task<FleetResult> RunAsync(BenchmarkOptions options, int services, string[] arguments)
    {
        await using ChildProcess fleet = await ChildProcess.RunAsync(Peer.XdsFleet, [
            "propagate", "--n", Number(options.Streams), "--services", Number(services), "--endpoints", Number(ServiceFile.Endpoints),
            "--rounds", Number(options.Rounds), "--json", .. arguments], TimeSpan.FromMinutes(5));
        if (fleet.ExitCode != 0)
        {
            throw new InvalidOperationException($"xds-fleet: {fleet.Output}");
        }
        JsonNode json = JsonNode.Parse(fleet.Output[fleet.Output.IndexOf('{', StringComparison.Ordinal)..])!;
        return new FleetResult(
            [.. json["all_rounds"]!.AsArray().Select(round => round!["last_ns"]!.GetValue<double>() / 1e6)],
            json["server_cpu_us_per_message"]?.GetValue<double>() ?? double.NaN);
    }

    /// <summary>Prints the figures of a run.</summary>
    public static IReadOnlyList<Measurement> Report(int services, string of, FleetResult result, string benchmark = "propagate")
    {
        benchmark = $"{benchmark}, {services} services";
        double[] last = [.. result.Last.Order()];
        Measurement[] measured = [
            new(benchmark, of, "last stream, best", last[0], "ms"),
            new(benchmark, of, "last stream, median", last[last.Length / 2], "ms"),
            new(benchmark, of, "last stream, p99", last[(int)(last.Length * 0.99)], "ms"),
            new(benchmark, of, "server CPU a message", result.CpuPerMessage, "us")];
        foreach (Measurement measurement in measured)
        {
            Console.WriteLine(measurement);
        }
        return measured;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
