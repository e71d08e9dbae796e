using System.Collections.Immutable;

namespace ControlPlane.Xds;

/// <summary>A stream of a connected proxy.</summary>
public sealed record ProxyStatus
{
    /// <summary>The id of its node.</summary>
    public required string Node { get; init; }

    /// <summary>The cluster of its node, as the proxy has it.</summary>
    public required string Cluster { get; init; }

    public required string Kind { get; init; }

    public required string Region { get; init; }

    public required string Zone { get; init; }

    public required string SubZone { get; init; }

    /// <summary>Its address and port.</summary>
    public required string Remote { get; init; }

    public required string UserAgent { get; init; }

    public required string UserAgentVersion { get; init; }

    /// <summary>Delta, else state of the world.</summary>
    public required bool IsDelta { get; init; }

    public required DateTimeOffset ConnectedAt { get; init; }

    /// <inheritdoc cref="ProxyResources.Identity"/>
    public string? Identity { get; init; }

    /// <inheritdoc cref="ProxyResources.IdentityProblem"/>
    public string? IdentityProblem { get; init; }

    /// <summary>In the order in which they are sent.</summary>
    public required ImmutableArray<TypeStatus> Types { get; init; }
}
