using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Sources;

namespace ControlPlane.Grains.Catalog;

/// <summary>
/// What a silo knows, put together from the shards' answers and what the silo's file had. Knows for each record whether the present incarnation
/// of its shard has confirmed it; what is not confirmed stays until it is certain that it is gone.
/// </summary>
internal sealed class CatalogState
{
    // The first one that says nothing changes no view.
    private static readonly ReachRecord NothingOfReach = new() { Version = default };
    private readonly Dictionary<string, CatalogRecord> records = [];
    private readonly Dictionary<string, RecordVersion> refusedBelow = [];
    private readonly Dictionary<string, HashSet<string>> unconfirmed = [];
    private readonly HashSet<string> complete = [];
    private readonly HashSet<string> fromFile = [];
    // Sources that have been in sync since this process began: what they do not name is not there.
    private readonly HashSet<string> heard = [];
    // Sources that have been in sync, or have failed, since: more of them is not to be had soon.
    private readonly HashSet<string> settled = [];
    private readonly HashSet<ServiceId> changedServices = [];
    private readonly List<CatalogRecord> saved = [];
    private bool configurationChanged;
    private bool sourcesChanged;
    private bool isMetaKnown;
    private bool isLoaded;

    public CatalogSnapshot Snapshot { get; private set; } = CatalogSnapshot.Empty;

    /// <summary>Begins with what the file had: all of it still to be confirmed, and its sources stale until they are heard.</summary>
    public void Load(CatalogFileContent earlier)
    {
        isLoaded = earlier.IsComplete;
        foreach (CatalogRecord record in earlier.Records)
        {
            Put(record is SourceRecord source ? source with { State = SourceState.Stale, Reason = "known from before the restart" } : record, save: false);
            Unconfirmed(ShardOf(record)).Add(record.Key);
            fromFile.Add(record.Key);
        }
    }

    /// <summary>Takes an answer of a shard.</summary>
    /// <returns>What is known that is newer than what the shard has under the same keys: it is to learn of that.</returns>
    public IReadOnlyList<CatalogRecord> Apply(string shard, CatalogChanges changes)
    {
        List<CatalogRecord>? newer = null;
        if (changes.IsSnapshot)
        {
            complete.Remove(shard);
            Unconfirmed(shard).UnionWith(records.Values.Where(record => ShardOf(record) == shard).Select(record => record.Key));
        }
        foreach (CatalogRecord record in changes.Records)
        {
            Unconfirmed(shard).Remove(record.Key);
            if (NewerThan(record) is { } known)
            {
                // What comes from the file may be of a life of the region that does not count any more.
                if (!fromFile.Contains(record.Key))
                {
                    (newer ??= []).Add(known);
                }
            }
            else
            {
                Put(record, save: true);
            }
        }
        if (changes.IsComplete)
        {
            complete.Add(shard);
        }
        if (shard == Shards.Meta && !isMetaKnown)
        {
            // Which sources there are no longer is certain from now on.
            isMetaKnown = true;
            DropEverywhere();
        }
        DropWhatIsGone(shard);
        return newer ?? [];
    }

    /// <summary>Makes the next snapshot.</summary>
    /// <param name="sources">The sources that this silo is told to expect.</param>
    /// <param name="areAllKnown">Whether there are no others.</param>
    /// <param name="isTimeOver">Whether a missing source holds up nobody any longer.</param>
    /// <returns>What has changed; null: nothing that anybody sees.</returns>
    public CatalogChange? Commit(IReadOnlyCollection<string> sources, bool areAllKnown, bool isTimeOver)
    {
        Completeness completeness = areAllKnown && IsComplete(sources, heard) ? Completeness.Complete
            : isTimeOver || (IsKnownFromBefore(sources) && areAllKnown && IsComplete(sources, settled)) ? Completeness.Partial
            : IsKnownFromBefore(sources) ? Completeness.Remembered
            : Completeness.Waiting;
        // Once served, always served: a shard that begins anew makes nobody wait again.
        completeness = (Completeness)Math.Max((int)completeness, (int)Snapshot.Completeness);
        bool isOwnComplete = areAllKnown && IsOwnComplete(sources);
        bool isMoreOrLess = completeness != Snapshot.Completeness || isOwnComplete != Snapshot.IsOwnComplete;
        if (changedServices.Count == 0 && !configurationChanged && !isMoreOrLess && saved.Count == 0)
        {
            return null;
        }
        var change = new CatalogChange([.. changedServices], configurationChanged, isMoreOrLess);
        ImmutableDictionary<ServiceId, ServiceRecord>.Builder services = Snapshot.Services.ToBuilder();
        foreach (ServiceId service in changedServices)
        {
            if (records.TryGetValue(ServiceRecord.KeyOf(service), out CatalogRecord? record))
            {
                services[service] = (ServiceRecord)record;
            }
            else
            {
                services.Remove(service);
            }
        }
        Snapshot = Snapshot with
        {
            Services = services.ToImmutable(),
            Sources = sourcesChanged ? records.Values.OfType<SourceRecord>().ToImmutableDictionary(source => source.Source) : Snapshot.Sources,
            Configuration = (ConfigRecord?)records.GetValueOrDefault(ConfigRecord.TheKey),
            Reach = (ReachRecord?)records.GetValueOrDefault(ReachRecord.TheKey),
            Completeness = completeness,
            IsOwnComplete = isOwnComplete,
        };
        changedServices.Clear();
        sourcesChanged = configurationChanged = false;
        return change;
    }

    /// <summary>The records that have changed since the last time, to be written to the file.</summary>
    public IReadOnlyList<CatalogRecord> TakeSaved()
    {
        CatalogRecord[] taken = [.. saved];
        saved.Clear();
        return taken;
    }

    private static string ShardOf(CatalogRecord record) => record is ServiceRecord { Service: var service } ? Shards.Of(service) : Shards.Meta;

    private HashSet<string> Unconfirmed(string shard) =>
        unconfirmed.TryGetValue(shard, out HashSet<string>? keys) ? keys : unconfirmed[shard] = [];

    private bool IsComplete(IReadOnlyCollection<string> sources, HashSet<string> known) =>
        (sources.Count == 0 || Shards.OfServices.All(complete.Contains)) && sources.All(known.Contains);

    // Other regions wait for this one, and this one for them: they do not count.
    private bool IsOwnComplete(IReadOnlyCollection<string> sources) =>
        Shards.OfServices.All(complete.Contains)
        && sources.Where(source => !RegionSources.IsRegion(source)).All(source => heard.Contains(source) || (settled.Contains(source) && HasPicture(source)));

    // Enough to be served, but the last second before the process was killed may be missing: nothing is taken away.
    private bool IsKnownFromBefore(IReadOnlyCollection<string> sources) => isLoaded && sources.All(HasPicture);

    private bool HasPicture(string source) =>
        records.TryGetValue(SourceRecord.KeyOf(source), out CatalogRecord? record) && record is SourceRecord { HasPicture: true };

    private CatalogRecord? NewerThan(CatalogRecord record) =>
        records.TryGetValue(record.Key, out CatalogRecord? known) ? record.Version < known.Version ? known : null
        : refusedBelow.TryGetValue(record.Key, out RecordVersion version) && record.Version < version ? record with { Deleted = true, Version = version }
        : null;

    private void Put(CatalogRecord record, bool save)
    {
        records.TryGetValue(record.Key, out CatalogRecord? known);
        if (record.Deleted)
        {
            records.Remove(record.Key);
            refusedBelow[record.Key] = record.Version;
        }
        else
        {
            records[record.Key] = record;
            refusedBelow.Remove(record.Key);
        }
        switch (record)
        {
            case ServiceRecord service when !(record.Deleted && known is null):
                changedServices.Add(service.Service);
                break;
            case SourceRecord source:
                sourcesChanged = true;
                if (save && (source.State == SourceState.Live || source.Reason.Length > 0))
                {
                    settled.Add(source.Source);
                }
                // That it is in sync now may settle what was not certain.
                if (source.Deleted || (source.State == SourceState.Live && heard.Add(source.Source)))
                {
                    DropEverywhere();
                }
                break;
            case ConfigRecord configuration:
                configurationChanged |= (known as ConfigRecord)?.Revision != configuration.Revision;
                break;
            case ReachRecord reach:
                configurationChanged |= !reach.SaysTheSameAs(known as ReachRecord ?? NothingOfReach);
                break;
        }
        if (save)
        {
            saved.Add(record);
            fromFile.Remove(record.Key);
        }
    }

    private void DropEverywhere()
    {
        foreach (string shard in Shards.OfServices)
        {
            DropWhatIsGone(shard);
        }
    }

    // A record that a complete shard does not have is gone, unless a source that it came from has not been in sync since this process began.
    private void DropWhatIsGone(string shard)
    {
        if (!complete.Contains(shard) || Unconfirmed(shard) is not { Count: > 0 } keys)
        {
            return;
        }
        foreach (string key in keys.ToArray())
        {
            if (records.TryGetValue(key, out CatalogRecord? record) && record is ServiceRecord service && service.Parts.All(part => IsCertain(part.Source)))
            {
                keys.Remove(key);
                Put(service with { Deleted = true }, save: true);
            }
        }
    }

    // A source without a record was retired, or is not known yet: the meta shard's first answer says which.
    private bool IsCertain(string source) =>
        heard.Contains(source) || (isMetaKnown && !records.ContainsKey(SourceRecord.KeyOf(source)));
}
