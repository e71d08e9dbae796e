using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters;

/// <summary>The <c>Cluster</c> objects of the whole region, for adapters of registries that do not hold their own.</summary>
public interface IClusterObjects
{
    /// <summary>The object of that name as it is now, null while there is none; then each change of it.</summary>
    IAsyncEnumerable<Cluster?> WatchAsync(string name, CancellationToken cancellationToken);

    /// <summary>All objects as they are now, by name; then again whenever one is another.</summary>
    IAsyncEnumerable<IReadOnlyDictionary<string, Cluster>> WatchAllAsync(CancellationToken cancellationToken);
}
