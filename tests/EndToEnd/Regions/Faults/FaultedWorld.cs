using System.Collections.Concurrent;
using System.Diagnostics;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>Three regions whose sources change at random, the faults that happen to them, and what is found to be wrong.</summary>
internal sealed class FaultedWorld : IAsyncDisposable
{
    private static readonly TimeSpan ToConverge = TimeSpan.FromSeconds(60);
    private static readonly (string Rule, Func<string, bool> May)[] Rules =
    [
        ("[{namespace: shop}]", service => service.StartsWith("shop/", StringComparison.Ordinal)),
        ("[{namespace: shop, service: cart}, {namespace: shop, service: vm}]", service => service is "shop/cart" or "shop/vm"),
    ];

    private readonly Truth truth = new("eu", "us", "ap");
    private readonly ConcurrentQueue<string> wrong = new();
    private readonly Dictionary<string, FaultedRegion> regions = [];
    private RegionWorld world = null!;

    public FaultedRegion this[string region] => regions[region];

    public IReadOnlyList<string> Regions => truth.Regions;

    /// <summary>How often those who are told have seen something else than before.</summary>
    public int Seen => regions.Values.Sum(region => region.Seen);

    public static async Task<FaultedWorld> StartAsync()
    {
        var faulted = new FaultedWorld();
        faulted.world = await RegionWorld.StartAsync([.. faulted.Regions]);
        foreach (string name in faulted.Regions)
        {
            foreach (string other in faulted.Regions.Where(other => other != name))
            {
                faulted.Export(name, other, Rules[0]);
            }
            faulted.regions[name] = new FaultedRegion(faulted.world[name], faulted.truth, faulted.wrong.Enqueue);
        }
        await Task.WhenAll(faulted.regions.Values.Select(region => region.StartAsync()));
        return faulted;
    }

    public SlowProxy Link(string from, string to) => world.Link(from, to);

    /// <summary>All links by which a region hears others, and they it.</summary>
    public SlowProxy[] LinksOf(string region) => [.. world.Links.Where(link => link.Key.From == region || link.Key.To == region).Select(link => link.Value)];

    /// <summary>Changes services and exports until it is cancelled.</summary>
    public async Task ChangeAsync(Random random, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            string region = Regions[random.Next(Regions.Count)];
            if (random.Next(40) == 0)
            {
                Export(region, Regions.First(other => other != region), Rules[random.Next(Rules.Length)]);
            }
            await regions[region].ChangeAsync(random);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(10, 150)), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Waits until all who are told see what is so.</summary>
    /// <returns>How long it took, and what was the last to come.</returns>
    /// <exception cref="InvalidOperationException">They do not, or somebody has seen what must not be seen.</exception>
    public async Task<(TimeSpan Time, string Last)> ConvergeAsync(Dictionary<string, long> atLeast)
    {
        long begun = Stopwatch.GetTimestamp();
        List<string> differences;
        string last = "";
        while (true)
        {
            differences = [.. (await Task.WhenAll(regions.Values.Select(region => region.DifferencesAsync()))).SelectMany(each => each), .. await LinksThatAreNotAsync(atLeast)];
            if (differences.Count == 0 || !wrong.IsEmpty || Stopwatch.GetElapsedTime(begun) > ToConverge)
            {
                break;
            }
            last = differences[0];
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
        return wrong.IsEmpty && differences.Count == 0
            ? (Stopwatch.GetElapsedTime(begun), last)
            : throw new InvalidOperationException(string.Join('\n', wrong.Concat(differences)) + "\n" + string.Join("\n\n", regions.Values.Select(region => $"-- {region.Name}\n{string.Join('\n', region.ControlPlane.Output.Split('\n').TakeLast(25))}")));
    }

    /// <summary>The highest generation of each region that another has heard.</summary>
    public async Task<Dictionary<string, long>> GenerationsAsync()
    {
        var heard = new Dictionary<string, long>();
        foreach ((string from, string to) in world.Links.Keys)
        {
            heard[to] = Math.Max(heard.GetValueOrDefault(to), (await world[from].LinkAsync(to))["generation"]?.GetValue<long>() ?? 0);
        }
        return heard;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FaultedRegion region in regions.Values)
        {
            await region.DisposeAsync();
        }
        await (world?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private void Export(string region, string to, (string Rule, Func<string, bool> May) rule)
    {
        truth.Export(region, to, rule.May);
        world.LinkTo(region, to, rule.Rule);
    }

    private async Task<List<string>> LinksThatAreNotAsync(Dictionary<string, long> atLeast)
    {
        var links = new List<string>();
        foreach ((string from, string to) in world.Links.Keys)
        {
            try
            {
                var link = await world[from].LinkAsync(to).WaitAsync(ToConverge);
                if ((string?)link["state"] != "Live" || (link["generation"]?.GetValue<long>() ?? 0) < atLeast[to])
                {
                    links.Add($"{from} has {to} as {link.ToJsonString()}, expected Live and generation {atLeast[to]} or more");
                }
            }
            catch (Exception early) when (early is HttpRequestException or InvalidOperationException)
            {
                links.Add($"{from} does not answer");
            }
        }
        return links;
    }
}
