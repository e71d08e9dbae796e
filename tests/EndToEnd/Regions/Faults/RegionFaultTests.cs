// Three regions, each a process with sources of its own, real links by mutual TLS through proxies that break, and services that change all the time. Checked,
// as docs/regions.md has it:
//
// always, of each part that anybody sees (a stream of discovery, REST), which is what one region is the author of in one service:
//   A. It is whole: exactly what the author's sources said at some time, as far as it exports it; never a mixture, never what was learnt from a third.
//   B. It never goes back: not on one stream, and not from one stream to the next, except that SIGKILL may cost what was learnt in its last second.
//   C. It is never emptied while it exists: only where its author took it away, or where the region that shows it has itself lost all that it knew.
//   D. A region that begins with nothing takes nothing away from others, whether or not its own sources are there.
// and when all is mended:
//   E. Each region, each stream and each Envoy has what is so: nothing is missing, too much, or old.
//   F. All links are Live, and the generation of a region that lost its state is higher than the one that was heard before.
using System.Diagnostics;
using System.Globalization;

namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>Random faults of three regions. <c>tests/regions.sh</c> runs the same for longer.</summary>
[Trait("Engine", "each")]
public sealed class RegionFaultTests(ITestOutputHelper output)
{
    private const int LongestFaultSeconds = 9;
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task ThreeRegions_UnderRandomFaults_NeverGoBack_AndConverge()
    {
        double minutes = double.Parse(Environment.GetEnvironmentVariable("REGIONS_MINUTES") ?? "0.6", CultureInfo.InvariantCulture);
        int seed = int.Parse(Environment.GetEnvironmentVariable("REGIONS_SEED") ?? "1", CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}");
        var table = new FaultTable();
        try
        {
            await RunAsync(TimeSpan.FromMinutes(minutes), seed, table);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"seed {seed}, round {table.Rounds + 1} ({string.Join(", ", table.Last)}): {error.Message}", error);
        }
        finally
        {
            output.WriteLine(table.ToString());
        }
    }

    private async Task RunAsync(TimeSpan time, int seed, FaultTable table)
    {
        await using FaultedWorld world = await FaultedWorld.StartAsync();
        var faults = new Random(seed);
        var changes = new Random(seed + 1);
        long begun = Stopwatch.GetTimestamp();
        Dictionary<string, long> generations = world.Regions.ToDictionary(region => region, _ => 0L);
        await RunRoundAsync(world, [], changes, generations);
        while (Stopwatch.GetElapsedTime(begun) < time)
        {
            generations = await world.GenerationsAsync();
            RegionFault[] round = Draw(faults, world.Regions);
            table.Begin(round);
            foreach (RegionFault lost in round.Where(fault => fault.LosesEverything))
            {
                generations[lost.Region]++;
            }
            (TimeSpan toConverge, string last) = await RunRoundAsync(world, round, changes, generations);
            table.End(toConverge);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {table.Rounds}: {string.Join(", ", round.Select(fault => fault.ToString()))}; as it should be after {toConverge.TotalSeconds:0.0} s{(toConverge > Slow ? $", last {last}" : "")}"));
        }
        world.Seen.ShouldBeGreaterThan(100);
    }

    private static RegionFault[] Draw(Random random, IReadOnlyList<string> regions)
    {
        var round = new List<RegionFault>();
        int count = random.Next(1, 5);
        for (int i = 0; i < count; i++)
        {
            RegionFault drawn = RegionFault.Random(random, regions, TimeSpan.FromSeconds(LongestFaultSeconds));
            if (round.All(drawn.Allows))
            {
                round.Add(drawn);
            }
        }
        return [.. round];
    }

    private static async Task<(TimeSpan Time, string Last)> RunRoundAsync(FaultedWorld world, RegionFault[] round, Random changes, Dictionary<string, long> generations)
    {
        using var mended = new CancellationTokenSource();
        Task changing = world.ChangeAsync(changes, mended.Token);
        await Task.WhenAll(round.Select(fault => fault.RunAsync(world)));
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        await mended.CancelAsync();
        await changing;
        return await world.ConvergeAsync(generations);
    }
}
