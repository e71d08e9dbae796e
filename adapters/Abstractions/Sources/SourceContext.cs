using ControlPlane.Adapters.Instances;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Sources;

/// <summary>What an adapter needs of the process that runs it.</summary>
/// <param name="Calls">Hears of the requests that the adapter sends.</param>
public sealed record SourceContext(IClusterObjects Clusters, IApiCallObserver Calls, TimeProvider Time)
{
    /// <summary>Who this region is to others; null: it is linked with none.</summary>
    public IRegionIdentity? Region { get; init; }

    /// <summary>The adapter of a registry of instances.</summary>
    public IDiscoveryAdapter Adapt(IInstanceRegistry registry, Source source) =>
        new InstanceAdapter(registry, source.SourceName, source.Cluster, source.Mapping, Clusters);
}
