using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Reach;
using Orleans.Runtime;

namespace ControlPlane.Grains.Reach;

/// <inheritdoc cref="IReachGrain"/>
[GrainType("reach")]
public sealed class ReachGrain(
    [PersistentState("known", GrainStateStorage.Name)] IPersistentState<StoredReach> known,
    ReachOptions options, Epochs epochs, IGrainFactory grains, TimeProvider time) : Grain, IReachGrain
{
    private static readonly TimeSpan RepairPeriod = TimeSpan.FromSeconds(2);
    private readonly long started = time.GetTimestamp();
    private ProbeVerdicts verdicts = null!;
    private MeasuredCosts costs = null!;
    private ValueList<ResolvedHost> hosts;
    private Dictionary<string, string?> places = [];
    private ReachRecord? record;
    private bool isUnwritten;

    private TimeSpan Now => time.GetElapsedTime(started);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        verdicts = new ProbeVerdicts(known.State.Withdrawn);
        costs = new MeasuredCosts(options, known.State.Measured);
        hosts = known.State.Hosts;
        this.RegisterGrainTimer(_ => PublishAsync(), new GrainTimerCreationOptions(TimeSpan.Zero, RepairPeriod) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task ReportAsync(ProbeReport report)
    {
        verdicts.Hear(report, Now, time.GetUtcNow());
        if (MeasuredCosts.PlaceOf(report.Locality) is { } from)
        {
            foreach (IGrouping<string?, ProbeResult> place in report.Results.Where(result => result is { Ok: true, RoundTripMs: not null }).GroupBy(result => places.GetValueOrDefault(result.Gateway)))
            {
                if (place.Key is { } to)
                {
                    costs.Hear(from, to, place.Min(result => result.RoundTripMs!.Value), Now);
                }
            }
        }
        return ChangeAsync();
    }

    public Task DeclareAsync(ValueList<RegionGateway> gateways, ValueList<ResolvedHost> hosts)
    {
        verdicts.Declare(gateways, Now);
        places = gateways.ToDictionary(gateway => gateway.Name, gateway => MeasuredCosts.PlaceOf(gateway.Locality), StringComparer.Ordinal);
        costs.Keep(places.Values.OfType<string>().ToHashSet(StringComparer.Ordinal));
        HashSet<string> named = gateways.SelectMany(gateway => gateway.Addresses).Select(address => address.Host).ToHashSet(StringComparer.Ordinal);
        this.hosts = hosts.Where(host => !host.Addresses.IsEmpty).Concat(this.hosts).DistinctBy(host => host.Host)
            .Where(host => named.Contains(host.Host)).OrderBy(host => host.Host, StringComparer.Ordinal).ToValueList();
        return ChangeAsync();
    }

    public Task<ReachStatus> GetAsync() => Task.FromResult(new ReachStatus(verdicts.StatusAt(Now), verdicts.Withdrawn, hosts, costs.InForce));

    private async Task ChangeAsync()
    {
        (ValueList<WithdrawnAddress> withdrawn, ValueList<PairCost> measured) = (verdicts.Withdrawn, costs.InForce);
        if (!isUnwritten && withdrawn == known.State.Withdrawn && hosts == known.State.Hosts && measured == known.State.Measured)
        {
            return;
        }
        (known.State.Withdrawn, known.State.Hosts, known.State.Measured) = (withdrawn, hosts, measured);
        isUnwritten = true;
        await known.WriteStateAsync();
        isUnwritten = false;
        record = null;
        await PublishAsync();
    }

    // Also every two seconds: a shard that has forgotten it is told again.
    private async Task PublishAsync()
    {
        record ??= new ReachRecord
        {
            Version = await epochs.StampAsync(CancellationToken.None),
            Withdrawn = known.State.Withdrawn,
            Hosts = known.State.Hosts,
            Measured = known.State.Measured,
        };
        PublishResult result = await grains.GetGrain<ICatalogGrain>(Shards.Meta).PublishAsync(record);
        if (!result.Accepted)
        {
            await epochs.RaiseAsync(result.Known, CancellationToken.None);
            DeactivateOnIdle();
        }
    }
}

/// <summary>What follows from all that was probed, resolved and measured: it outlives those who said it.</summary>
public sealed class StoredReach
{
    public ValueList<WithdrawnAddress> Withdrawn { get; set; }

    public ValueList<ResolvedHost> Hosts { get; set; }

    public ValueList<PairCost> Measured { get; set; }
}
