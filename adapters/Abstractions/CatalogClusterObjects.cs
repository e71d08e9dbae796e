using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters;

/// <summary>The <c>Cluster</c> objects of the catalog.</summary>
public sealed class CatalogClusterObjects : IClusterObjects, ICatalogObserver
{
    private readonly Lock gate = new();
    private ImmutableDictionary<string, Cluster> clusters = ImmutableDictionary<string, Cluster>.Empty;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change)
    {
        if (!change.Configuration)
        {
            return;
        }
        lock (gate)
        {
            clusters = snapshot.Objects<Cluster>().ToImmutableDictionary(cluster => cluster.Name);
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Cluster?> WatchAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Cluster? last = null;
        bool isFirst = true;
        await foreach (IReadOnlyDictionary<string, Cluster> all in WatchAllAsync(cancellationToken))
        {
            Cluster? now = all.GetValueOrDefault(name);
            if (isFirst || now != last)
            {
                (last, isFirst) = (now, false);
                yield return now;
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyDictionary<string, Cluster>> WatchAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            ImmutableDictionary<string, Cluster> now;
            Task next;
            lock (gate)
            {
                (now, next) = (clusters, changed.Task);
            }
            yield return now;
            await next.WaitAsync(cancellationToken);
        }
    }
}
