using ControlPlane.Model.Catalog;
using ControlPlane.Model.Sources;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>Since when nothing that is live has reported a cluster, by the clock of this process. Used under its owner's lock.</summary>
internal sealed class Staleness
{
    private Dictionary<string, TimeSpan> since = [];
    private object? seen;

    /// <summary>Looks at the sources.</summary>
    /// <returns>Whether other clusters are stale than before.</returns>
    public bool Observe(CatalogSnapshot snapshot, TimeSpan now)
    {
        // Changes of services leave the sources as they are, and come all the time.
        if (ReferenceEquals(seen, snapshot.Sources))
        {
            return false;
        }
        seen = snapshot.Sources;
        var live = new HashSet<string>();
        var stale = new Dictionary<string, TimeSpan>();
        foreach (SourceRecord source in snapshot.Sources.Values)
        {
            foreach (ClusterShare share in source.Clusters)
            {
                if (source.State == SourceState.Live)
                {
                    live.Add(share.Cluster);
                }
                else
                {
                    stale[share.Cluster] = since.GetValueOrDefault(share.Cluster, now);
                }
            }
        }
        foreach (string cluster in live)
        {
            stale.Remove(cluster);
        }
        bool isOther = stale.Count != since.Count || stale.Keys.Any(cluster => !since.ContainsKey(cluster));
        since = stale;
        return isOther;
    }

    /// <summary>The clusters that have been stale for so long; null: none.</summary>
    /// <param name="next">When the next one will have been; null: none will.</param>
    public IReadOnlySet<string>? For(TimeSpan limit, TimeSpan now, out TimeSpan? next)
    {
        HashSet<string>? clusters = null;
        next = null;
        foreach ((string cluster, TimeSpan at) in since)
        {
            if (now - at >= limit)
            {
                (clusters ??= []).Add(cluster);
            }
            else
            {
                next = next is null || at + limit < next ? at + limit : next;
            }
        }
        return clusters;
    }
}
