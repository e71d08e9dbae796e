using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Clusters;
using ControlPlane.Grains.Configuration;
using ControlPlane.Grains.Services;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Orleans.Runtime;

namespace ControlPlane.Grains.Sources;

/// <inheritdoc cref="ISourceGrain"/>
[GrainType("source"), PreferLocalPlacement]
public sealed partial class SourceGrain(
    [PersistentState("lease", GrainStateStorage.Name)] IPersistentState<SourceLease> lease,
    IStateStore store, Epochs epochs, IClusterInfo cluster, IGrainFactory grains, TimeProvider time, ILogger<SourceGrain> logger) : Grain, ISourceGrain
{
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(6);
    // Longer than a holder takes between two reports.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RepairPeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WritePeriod = TimeSpan.FromMilliseconds(500);

    private readonly string incarnation = Guid.NewGuid().ToString("N");
    private readonly HashSet<ServiceId> unsent = [];
    private readonly Dictionary<ServiceId, RecordVersion> tombstones = [];
    private SourceParts parts = null!;
    private SourceRecord record = null!;
    private RecordVersion version;
    private ValueList<ConfigObject>? configuration;
    private bool configurationUnsent;
    private bool recordUnsent = true;
    private bool heardWhole;
    private bool clustersChanged = true;
    private bool isRenewed;
    private long renewed;

    private string Name => this.GetPrimaryKeyString();

    // A silo that has just joined may not be known here yet: one that speaks is there.
    private bool IsHeld => lease.State.Holder.Length > 0 && time.GetElapsedTime(renewed) < LeaseDuration
        && (cluster.Members.Contains(lease.State.Holder) || (isRenewed && time.GetElapsedTime(renewed) < Silence));

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        parts = new SourceParts(Name, store);
        await parts.LoadAsync();
        await grains.GetGrain<ISourceDirectoryGrain>(ISourceDirectoryGrain.Key).AddAsync(Name);
        version = await epochs.NextAsync(cancellationToken);
        record = new SourceRecord
        {
            Source = Name,
            Version = version,
            State = SourceState.Warming,
            Since = time.GetUtcNow(),
            HasPicture = lease.State.HasPicture,
            Holder = lease.State.Holder,
            Epoch = lease.State.Epoch,
        };
        renewed = time.GetTimestamp();
        unsent.UnionWith(parts.All.Keys);
        // What is pushed makes services ask back, which they cannot before this is done: it goes out in a turn of its own.
        this.RegisterGrainTimer(RepairAsync, new GrainTimerCreationOptions(TimeSpan.Zero, RepairPeriod) { KeepAlive = true });
        this.RegisterGrainTimer(_ => WriteAsync(), new GrainTimerCreationOptions(WritePeriod, WritePeriod) { Interleave = true, KeepAlive = true });
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => WriteAsync();

    public async Task<LeaseResult> AcquireAsync(string holder)
    {
        if (IsHeld && lease.State.Holder != holder)
        {
            return new LeaseResult(false, lease.State.Holder, lease.State.Epoch, LeaseDuration, incarnation);
        }
        lease.State.Holder = holder;
        lease.State.Epoch = (await epochs.NextAsync(CancellationToken.None)).Epoch;
        await lease.WriteStateAsync();
        Renew();
        await ChangeRecordAsync(record with { Holder = holder, Epoch = lease.State.Epoch });
        return new LeaseResult(true, holder, lease.State.Epoch, LeaseDuration, incarnation, parts.All.Values.Sum(part => part.Part.Endpoints.Count));
    }

    public async Task<ReportResult> ReportAsync(SourceReport report)
    {
        if (report.Epoch != lease.State.Epoch)
        {
            LogFenced(logger, Name, report.Epoch, lease.State.Epoch);
            return new ReportResult(false, incarnation);
        }
        Renew();
        Take(report);
        await SendAsync();
        await TakeConfigurationAsync(report);
        await TakeStateAsync(report);
        return new ReportResult(true, incarnation);
    }

    public async Task ReleaseAsync(long epoch)
    {
        if (epoch == lease.State.Epoch)
        {
            lease.State.Holder = "";
            await lease.WriteStateAsync();
        }
    }

    public async Task<bool> RetireAsync()
    {
        if (IsHeld)
        {
            return false;
        }
        foreach (ServiceId service in parts.All.Keys.ToArray())
        {
            Remove(service);
        }
        await SendAsync();
        if (unsent.Count > 0)
        {
            throw new InvalidOperationException($"{unsent.Count} services of {Name} could not be taken back yet");
        }
        await grains.GetGrain<IConfigGrain>(IConfigGrain.Key).ReportAsync(Name, Next(), default);
        record = record with { Deleted = true, Version = Next() };
        await grains.GetGrain<ICatalogGrain>(Shards.Meta).PublishAsync(record);
        await TellClustersAsync(record.Clusters.Select(share => share.Cluster));
        await parts.WriteAsync();
        await lease.ClearStateAsync();
        await grains.GetGrain<ISourceDirectoryGrain>(ISourceDirectoryGrain.Key).RemoveAsync(Name);
        DeactivateOnIdle();
        return true;
    }

    public Task<VersionedPart?> GetPartAsync(ServiceId service) => Task.FromResult(parts.Find(service));

    public Task<SourceRecord> GetRecordAsync() => Task.FromResult(record);

    private void Renew()
    {
        renewed = time.GetTimestamp();
        isRenewed = true;
    }

    private RecordVersion Next() => version = version with { Counter = version.Counter + 1 };

    private void Take(SourceReport report)
    {
        HashSet<ServiceId>? kept = report.IsWhole ? [] : null;
        heardWhole |= report.IsWhole;
        foreach (ServicePart part in report.Replaced)
        {
            kept?.Add(part.Service);
            parts.Hear(part.Service);
            if (parts.Find(part.Service) is not { } known || !known.Part.Equals(part))
            {
                parts.Set(part, Next());
                tombstones.Remove(part.Service);
                unsent.Add(part.Service);
                clustersChanged = true;
            }
        }
        foreach (ServiceId service in kept is null ? report.Removed : parts.All.Keys.Where(service => !kept.Contains(service)).ToValueList())
        {
            Remove(service);
        }
    }

    private void Remove(ServiceId service)
    {
        if (parts.Find(service) is not null)
        {
            parts.Remove(service);
            tombstones[service] = Next();
            unsent.Add(service);
            clustersChanged = true;
        }
    }

    // Tells each service that has changed. What is not taken stays to be sent, by the next report or the next repair.
    private async Task SendAsync()
    {
        if (unsent.Count == 0)
        {
            return;
        }
        ServiceId[] services = [.. unsent];
        Task[] sending = [.. services.Select(SendAsync)];
        await Task.WhenAll(sending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (sending.FirstOrDefault(task => !task.IsCompletedSuccessfully) is { } failed)
        {
            LogNotTaken(logger, Name, unsent.Count, failed.Exception?.GetBaseException().Message ?? "cancelled");
        }
    }

    private async Task SendAsync(ServiceId service)
    {
        VersionedPart? part = parts.Find(service);
        RecordVersion sent = part?.Version ?? tombstones.GetValueOrDefault(service, version);
        IServiceGrain grain = grains.GetGrain<IServiceGrain>(service.ToString());
        var report = new PartReport(Name, sent, part?.Part);
        // One that has moved to another silo may find that its versions are too low; its next activation has higher ones.
        if (await grain.ReportAsync(report) || await grain.ReportAsync(report))
        {
            unsent.Remove(service);
            tombstones.Remove(service);
        }
    }

    private async Task TakeConfigurationAsync(SourceReport report)
    {
        if (report.Configuration is { } objects && objects != configuration)
        {
            configuration = objects;
            configurationUnsent = true;
        }
        if (configurationUnsent)
        {
            await SendConfigurationAsync();
        }
    }

    private async Task SendConfigurationAsync()
    {
        if (configuration is { } objects)
        {
            await grains.GetGrain<IConfigGrain>(IConfigGrain.Key).ReportAsync(Name, Next(), objects);
            configurationUnsent = false;
        }
    }

    private async Task TakeStateAsync(SourceReport report)
    {
        // A source that fails before it was ever in sync has nothing that could be stale, and is still warming.
        bool hasPicture = record.HasPicture || report.State == SourceState.Live;
        SourceState state = report.State == SourceState.Stale && !hasPicture ? SourceState.Warming : report.State;
        SourceRecord next = record with
        {
            State = state,
            Reason = report.Reason,
            Since = state == record.State ? record.Since : time.GetUtcNow(),
            HasPicture = hasPicture,
            Problems = report.Problems ?? record.Problems,
            LastGood = state == SourceState.Live ? null : report.LastGood ?? record.LastGood,
        };
        await ChangeRecordAsync(next);
        await StorePictureAsync();
    }

    // Once: that the picture is whole is stored when all of its parts are.
    private async Task StorePictureAsync()
    {
        if (record.HasPicture && !lease.State.HasPicture)
        {
            await parts.WriteAsync();
            lease.State.HasPicture = true;
            await lease.WriteStateAsync();
        }
    }

    private async Task ChangeRecordAsync(SourceRecord next)
    {
        if (next.Equals(record) && !recordUnsent)
        {
            return;
        }
        record = next with { Version = Next() };
        recordUnsent = true;
        await grains.GetGrain<ICatalogGrain>(Shards.Meta).PublishAsync(record);
        recordUnsent = false;
        await TellClustersAsync(record.Clusters.Select(share => share.Cluster));
    }

    private Task TellClustersAsync(IEnumerable<string> clusters) =>
        Task.WhenAll(clusters.Select(cluster => grains.GetGrain<IClusterGrain>(cluster).ReportSourceAsync(record)));

    // Every two seconds: what was not taken is sent again, and each shard is asked whether it has all that this source says.
    private async Task RepairAsync(CancellationToken cancellationToken)
    {
        // Its state goes first: that a shard has all of a source means something only beside what the source is.
        await grains.GetGrain<ICatalogGrain>(Shards.Meta).PublishAsync(record);
        await SendAsync();
        await Task.WhenAll(Shards.OfServices.Select(CompareAsync));
        // Said again, it wakes the configuration's grain if that was lost, and is published again if a shard was.
        await SendConfigurationAsync();
        if (lease.State.Holder.Length > 0 && record.State != SourceState.Lost && time.GetElapsedTime(renewed) > LostAfter)
        {
            await ChangeRecordAsync(record with { State = SourceState.Lost, Reason = "nobody watches it", Since = time.GetUtcNow() });
        }
        if (clustersChanged)
        {
            clustersChanged = false;
            string[] earlier = [.. record.Clusters.Select(share => share.Cluster)];
            await ChangeRecordAsync(record with { Clusters = parts.CountByCluster() });
            await TellClustersAsync(earlier.Except(record.Clusters.Select(share => share.Cluster)));
        }
        else
        {
            await TellClustersAsync(record.Clusters.Select(share => share.Cluster));
        }
    }

    private async Task CompareAsync(string shard)
    {
        ComparedDigest compared = await grains.GetGrain<ICatalogGrain>(shard).CompareAsync(Name, parts.DigestOf(shard));
        if (compared.Matches)
        {
            return;
        }
        var there = compared.Parts.ToDictionary(part => part.Service, part => part.Version);
        foreach ((ServiceId service, VersionedPart part) in parts.All.Where(entry => Shards.Of(entry.Key) == shard).ToArray())
        {
            bool isThere = there.Remove(service, out RecordVersion known);
            if (isThere && known > part.Version && parts.IsHeard(service))
            {
                // An earlier activation said something else last, which it did not live to store.
                parts.Set(part.Part, Next());
            }
            if (!isThere || known != part.Version)
            {
                unsent.Add(service);
            }
        }
        // What was said last before an earlier activation was lost may not be stored: only the source itself can say that it is gone.
        foreach (ServiceId service in heardWhole ? there.Keys.Where(service => parts.Find(service) is null) : [])
        {
            tombstones.TryAdd(service, Next());
            unsent.Add(service);
        }
        LogRepaired(logger, Name, shard);
        await SendAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            await parts.WriteAsync();
        }
        catch (Exception exception)
        {
            LogNotWritten(logger, Name, exception.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Source}: a report under lease {Epoch} is refused, the lease is {Current}")]
    private static partial void LogFenced(ILogger logger, string source, long epoch, long current);

    [LoggerMessage(2, LogLevel.Warning, "{Source}: {Count} services are still to be told: {Reason}")]
    private static partial void LogNotTaken(ILogger logger, string source, int count, string reason);

    [LoggerMessage(3, LogLevel.Debug, "{Source}: shard {Shard} differed and is told again")]
    private static partial void LogRepaired(ILogger logger, string source, string shard);

    [LoggerMessage(4, LogLevel.Error, "{Source}: what it said could not be stored and will be tried again: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string source, string reason);
}
