using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

internal enum FaultKind
{
    /// <summary>All that goes over a link comes later.</summary>
    Delay,

    /// <summary>A link stalls and breaks, again and again.</summary>
    Loss,

    /// <summary>Nothing goes over a link.</summary>
    Partition,

    /// <summary>Nothing goes over any link of a region.</summary>
    Isolation,

    /// <summary>The connections of a link break.</summary>
    Reset,

    /// <summary>SIGKILL, and a start with the data that it had.</summary>
    Kill,

    /// <summary>SIGKILL, and a start with nothing.</summary>
    KillAndLose,

    /// <summary>SIGTERM and a start.</summary>
    Stop,

    /// <summary>SIGSTOP and SIGCONT.</summary>
    Pause,

    /// <summary>A region's registry does not answer.</summary>
    RegistryAway,

    /// <summary>SIGKILL, and a start while the registry does not answer.</summary>
    KillWithoutRegistry,

    /// <summary>SIGKILL, and a start with nothing while the registry does not answer.</summary>
    LoseWithoutRegistry,
}

/// <summary>Something that goes wrong for a while, and is mended by itself.</summary>
/// <param name="Region">Whose process or links.</param>
/// <param name="Other">The other end of a link.</param>
/// <param name="After">From the beginning of the round.</param>
internal sealed record RegionFault(FaultKind Kind, string Region, string Other, TimeSpan After, TimeSpan For)
{
    private static readonly FaultKind[] OfLinks = [FaultKind.Delay, FaultKind.Loss, FaultKind.Partition, FaultKind.Reset];

    /// <summary>Whether the region begins with nothing.</summary>
    public bool LosesEverything => Kind is FaultKind.KillAndLose or FaultKind.LoseWithoutRegistry;

    private bool IsOfLink => OfLinks.Contains(Kind);

    private bool IsOfLinks => IsOfLink || Kind == FaultKind.Isolation;

    public static RegionFault Random(Random random, IReadOnlyList<string> regions, TimeSpan longest)
    {
        FaultKind[] kinds = Enum.GetValues<FaultKind>();
        int region = random.Next(regions.Count);
        int other = (region + 1 + random.Next(regions.Count - 1)) % regions.Count;
        return new RegionFault(
            kinds[random.Next(kinds.Length)], regions[region], regions[other], TimeSpan.FromMilliseconds(random.Next(1000)),
            TimeSpan.FromMilliseconds(random.Next(300, (int)longest.TotalMilliseconds)));
    }

    /// <summary>Whether both can happen at once: one process cannot be killed twice, and what one mends the other may still need broken.</summary>
    public bool Allows(RegionFault other) => (IsOfLinks, other.IsOfLinks) switch
    {
        (true, true) => Kind != FaultKind.Isolation && other.Kind != FaultKind.Isolation && (Region, Other) != (other.Region, other.Other),
        (false, false) => Region != other.Region,
        _ => true,
    };

    /// <summary>Lets it happen, and mends it.</summary>
    public async Task RunAsync(FaultedWorld world)
    {
        await Task.Delay(After, TimeProvider.System);
        FaultedRegion region = world[Region];
        SlowProxy link = world.Link(Region, Other);
        switch (Kind)
        {
            case FaultKind.Delay:
                link.Delay = TimeSpan.FromMilliseconds(20 + (For.TotalMilliseconds / 20));
                await WaitAsync();
                link.Delay = TimeSpan.Zero;
                break;
            case FaultKind.Loss:
                await LoseAsync(link);
                break;
            case FaultKind.Partition:
                await SilenceAsync([link]);
                break;
            case FaultKind.Isolation:
                await SilenceAsync(world.LinksOf(Region));
                break;
            case FaultKind.Reset:
                link.Break();
                break;
            case FaultKind.Pause:
                region.ControlPlane.Signal("STOP");
                await WaitAsync();
                region.ControlPlane.Signal("CONT");
                break;
            case FaultKind.RegistryAway:
                await region.Registry.StopAsync();
                await WaitAsync();
                await region.Registry.StartAgainAsync();
                break;
            case FaultKind.Stop:
                await region.ControlPlane.StopAsync();
                await StartAgainAsync(region, Loss.Nothing);
                break;
            default:
                await KillAsync(region);
                break;
        }
    }

    public override string ToString() => FormattableString.Invariant($"{Kind} {Region}{(IsOfLink ? $" of {Other}" : "")} at {After.TotalSeconds:0.0} s for {For.TotalSeconds:0.0} s");

    private Task WaitAsync() => Task.Delay(For, TimeProvider.System);

    private async Task LoseAsync(SlowProxy link)
    {
        const int Times = 3;
        for (int i = 0; i < Times; i++)
        {
            await link.LoseAsync(For / (2 * Times));
            await Task.Delay(For / (2 * Times), TimeProvider.System);
        }
    }

    // TCP hands on what it kept, unless it has given up.
    private async Task SilenceAsync(IReadOnlyCollection<SlowProxy> links)
    {
        foreach (SlowProxy link in links)
        {
            link.IsSilent = true;
        }
        await WaitAsync();
        bool hasGivenUp = For.Milliseconds % 2 == 0;
        foreach (SlowProxy link in links)
        {
            if (hasGivenUp)
            {
                link.Break();
            }
            link.IsSilent = false;
        }
    }

    private async Task KillAsync(FaultedRegion region)
    {
        bool isWithoutRegistry = Kind is FaultKind.KillWithoutRegistry or FaultKind.LoseWithoutRegistry;
        if (isWithoutRegistry)
        {
            await region.Registry.StopAsync();
        }

        if (LosesEverything)
        {
            await region.Process.LoseEverythingAsync();
        }
        else
        {
            await region.ControlPlane.KillAsync();
        }
        await StartAgainAsync(region, LosesEverything ? Loss.Everything : Loss.LastSecond);
        if (isWithoutRegistry)
        {
            await WaitAsync();
            await region.Registry.StartAgainAsync();
        }
    }

    private async Task StartAgainAsync(FaultedRegion region, Loss loss)
    {
        await Task.Delay(For / 4, TimeProvider.System);
        region.BeginLife(loss);
        await region.ControlPlane.RestartAsync(waitUntilReady: false);
    }
}
