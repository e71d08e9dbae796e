using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Silo.Regions;

/// <summary>Tells each open link what has changed since it looked last.</summary>
internal sealed class RegionFeeds : ICatalogObserver
{
    private readonly Lock gate = new();
    private readonly List<RegionFeed> open = [];
    private CatalogSnapshot current = CatalogSnapshot.Empty;

    /// <summary>What is known now, whoever is linked.</summary>
    public CatalogSnapshot Current => Volatile.Read(ref current);

    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change)
    {
        lock (gate)
        {
            Volatile.Write(ref current, snapshot);
            open.ForEach(feed => feed.Note(snapshot, change));
        }
    }

    /// <summary>A feed that begins with everything.</summary>
    public RegionFeed Open()
    {
        lock (gate)
        {
            var feed = new RegionFeed(current);
            open.Add(feed);
            return feed;
        }
    }

    public void Close(RegionFeed feed)
    {
        lock (gate)
        {
            open.Remove(feed);
        }
    }
}

/// <summary>What one link has yet to look at. Changes merge until it does.</summary>
internal sealed class RegionFeed(CatalogSnapshot first)
{
    private readonly Lock gate = new();
    private CatalogSnapshot snapshot = first;
    private HashSet<ServiceId> changed = [.. first.Services.Keys];
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Note(CatalogSnapshot now, CatalogChange change)
    {
        lock (gate)
        {
            snapshot = now;
            changed.UnionWith(change.Services);
            next.TrySetResult();
        }
    }

    /// <summary>What is there now, which services have changed since the last time, and what completes with the next change.</summary>
    public (CatalogSnapshot Snapshot, IReadOnlyCollection<ServiceId> Changed, Task Next) Take()
    {
        lock (gate)
        {
            HashSet<ServiceId> taken = changed;
            changed = [];
            next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return (snapshot, taken, next.Task);
        }
    }
}
