using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Regions.Wire;

/// <summary>A line of a link, from the region that is the author. An empty line says that it lives.</summary>
public sealed record RegionLine
{
    /// <summary>The first line: the author's generation.</summary>
    public long? Generation { get; init; }

    /// <summary>A service as it is now.</summary>
    public ServicePart? Service { get; init; }

    /// <summary>Its version: equal for equal content, on every silo, in no order.</summary>
    public string? Version { get; init; }

    /// <summary>A service that is no longer there, or no longer exported.</summary>
    public string? Removed { get; init; }

    /// <summary>All clusters, networks and gateways of the author.</summary>
    public IReadOnlyList<ConfigObject>? Objects { get; init; }

    /// <summary>All that is wrong with the author's own sources.</summary>
    public IReadOnlyList<Problem>? Problems { get; init; }

    /// <summary>Whether with this everything has been said: what was not is not there.</summary>
    public bool IsComplete { get; init; }
}
