using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Silo.Rest.Graph;

/// <summary>
/// Which services have changed since when: from it follows what somebody who saw an earlier graph has to be told. Bodies are not kept; what is told is
/// always what is there now, so that changes merge for who is slow.
/// </summary>
internal sealed class GraphFeed : ICatalogObserver
{
    // Whoever was away for longer gets the whole graph again.
    private const int Kept = 4096;
    private readonly Lock gate = new();
    private readonly Queue<(long Sequence, ServiceId? Service)> changes = [];
    private TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CatalogSnapshot current = CatalogSnapshot.Empty;
    private long sequence;
    private long forgotten;

    /// <summary>Of this process: numbers of another mean nothing here.</summary>
    public string Incarnation { get; } = Guid.NewGuid().ToString("N")[..8];

    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change)
    {
        TaskCompletionSource told;
        lock (gate)
        {
            current = snapshot;
            sequence++;
            // Sources and configuration are in no service: null stands for all of the graph.
            foreach (ServiceId? service in change.Configuration || change.Services.Count == 0 ? [null] : change.Services.Select(service => (ServiceId?)service))
            {
                changes.Enqueue((sequence, service));
            }
            while (changes.Count > Kept)
            {
                forgotten = changes.Dequeue().Sequence;
            }
            told = next;
            next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        told.SetResult();
    }

    /// <summary>What has changed since then.</summary>
    /// <param name="since">0: the beginning.</param>
    public GraphNews Since(long since)
    {
        lock (gate)
        {
            bool isWhole = since == 0 || since > sequence || since < forgotten;
            HashSet<ServiceId?> services = isWhole ? [] : [.. changes.Where(change => change.Sequence > since).Select(change => change.Service)];
            return new GraphNews(current, sequence, isWhole || services.Contains(null), [.. services.OfType<ServiceId>()], next.Task);
        }
    }
}

/// <param name="IsWhole">Whether the whole graph is to be told, not single services.</param>
/// <param name="Next">Completes with the next change.</param>
internal sealed record GraphNews(CatalogSnapshot Snapshot, long Sequence, bool IsWhole, IReadOnlyCollection<ServiceId> Services, Task Next);
