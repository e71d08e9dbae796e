using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Grains.Sources;

/// <summary>
/// What one source says of each service, in memory and, written behind, in the state store; and how much of it each catalog shard must have.
/// </summary>
internal sealed class SourceParts(string source, IStateStore store)
{
    /// <summary>The rows' type in the state store.</summary>
    public const string RowType = "part";

    private readonly Dictionary<ServiceId, VersionedPart> parts = [];
    private readonly HashSet<ServiceId> unwritten = [];
    private readonly HashSet<ServiceId> unheard = [];
    private readonly Dictionary<string, ShardDigest> digests = [];

    public IReadOnlyDictionary<ServiceId, VersionedPart> All => parts;

    public async Task LoadAsync()
    {
        foreach (StoredRow row in await store.ReadAllAsync(RowType, source, CancellationToken.None))
        {
            StoredPart stored = StateJson.Read<StoredPart>(row);
            Put(stored.Part.Service, new VersionedPart(stored.Version, stored.Part));
            unheard.Add(stored.Part.Service);
        }
    }

    public VersionedPart? Find(ServiceId service) => parts.GetValueOrDefault(service);

    /// <summary>Whether the source itself has said it since this was loaded: what was stored may be older than what it said last.</summary>
    public bool IsHeard(ServiceId service) => !unheard.Contains(service);

    public void Hear(ServiceId service) => unheard.Remove(service);

    public void Set(ServicePart part, RecordVersion version)
    {
        Put(part.Service, new VersionedPart(version, part));
        unwritten.Add(part.Service);
    }

    public void Remove(ServiceId service)
    {
        Put(service, null);
        unwritten.Add(service);
    }

    /// <summary>The digest of this source's parts in a shard.</summary>
    public ShardDigest DigestOf(string shard) => digests.GetValueOrDefault(shard);

    /// <summary>Writes what has changed since the last time, in one transaction. What fails to be written is tried again the next time.</summary>
    public async Task WriteAsync()
    {
        if (unwritten.Count == 0)
        {
            return;
        }
        ServiceId[] taken = [.. unwritten];
        unwritten.Clear();
        try
        {
            await store.WriteBatchAsync(
                [.. taken.Select(service => new StateWrite(
                    new StateKey(RowType, source, service.ToString()),
                    StateJson.Schema,
                    parts.TryGetValue(service, out VersionedPart? part) ? StateJson.Write(new StoredPart(part.Version, part.Part)) : null))],
                CancellationToken.None);
        }
        catch
        {
            unwritten.UnionWith(taken);
            throw;
        }
    }

    /// <summary>How many services and endpoints it has in each cluster.</summary>
    public ValueList<ClusterShare> CountByCluster()
    {
        var counts = new SortedDictionary<string, (int Services, int Endpoints)>(StringComparer.Ordinal);
        foreach (VersionedPart part in parts.Values)
        {
            foreach (IGrouping<string, Endpoint> cluster in part.Part.Endpoints.GroupBy(endpoint => endpoint.Cluster))
            {
                (int services, int endpoints) = counts.GetValueOrDefault(cluster.Key);
                counts[cluster.Key] = (services + 1, endpoints + cluster.Count());
            }
        }
        return counts.Select(pair => new ClusterShare(pair.Key, pair.Value.Services, pair.Value.Endpoints)).ToValueList();
    }

    private void Put(ServiceId service, VersionedPart? next)
    {
        string shard = Shards.Of(service);
        ShardDigest digest = digests.GetValueOrDefault(shard);
        if (parts.TryGetValue(service, out VersionedPart? earlier))
        {
            digest = digest.Without(service, earlier.Version);
        }
        if (next is null)
        {
            parts.Remove(service);
        }
        else
        {
            parts[service] = next;
            digest = digest.With(service, next.Version);
        }
        digests[shard] = digest;
    }
}
