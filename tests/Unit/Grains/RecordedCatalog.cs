using System.Collections.Concurrent;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>Keeps every snapshot that an observer is told of.</summary>
internal sealed class RecordedCatalog : ICatalogObserver
{
    private readonly ConcurrentQueue<CatalogSnapshot> snapshots = new();

    public IReadOnlyCollection<CatalogSnapshot> Snapshots => [.. snapshots];

    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change) => snapshots.Enqueue(snapshot);
}
