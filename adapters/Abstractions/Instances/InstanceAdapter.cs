using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Instances;

/// <summary>Makes services of the instances of a registry: names and ports by the source's mapping, mesh and locality from its cluster.</summary>
/// <param name="registry">Disposed of with the adapter, if it can be.</param>
/// <param name="source">The source's name.</param>
/// <param name="cluster">The <c>Cluster</c> object's name of instances whose registry does not say it.</param>
public sealed class InstanceAdapter(IInstanceRegistry registry, string source, string cluster, SourceMapping mapping, IClusterObjects clusters) : IDiscoveryAdapter, IDisposable
{
    public string Source => source;

    public void Dispose() => (registry as IDisposable)?.Dispose();

    /// <inheritdoc/>
    public IAsyncEnumerable<DiscoveryEvent> WatchAsync(CancellationToken cancellationToken)
    {
        var picture = new InstancePicture(source, cluster, mapping);
        var feed = new PictureFeed<InstancePicture>();
        feed.Add(async token =>
        {
            await foreach (IReadOnlyDictionary<string, Cluster> declared in clusters.WatchAllAsync(token))
            {
                await feed.ChangeAsync(to => to.SetClusters(declared), token);
            }
        });
        feed.Add(async token =>
        {
            await foreach (InstanceEvent happened in registry.WatchAsync(token).WithCancellation(token))
            {
                await feed.ChangeAsync(to => to.Apply(happened), token);
            }
            throw new InvalidOperationException("the registry ended its watch");
        });
        return feed.RunAsync(picture, picture.TakeChanges, cancellationToken);
    }
}
