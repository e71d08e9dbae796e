using System.Collections.Immutable;

namespace ControlPlane.Xds;

/// <summary>What an admitted proxy is served.</summary>
public sealed class ProxyResources
{
    /// <summary>By type URL.</summary>
    public required ImmutableDictionary<string, ResourceSet> Sets { get; init; }

    /// <summary>Who it has proved to be, a SPIFFE id; null: nobody.</summary>
    public string? Identity { get; init; }

    /// <summary>Why it has no key of its mesh, for people; null: it has, or there are none.</summary>
    public string? IdentityProblem { get; init; }

    /// <summary>When it no longer holds the stream ends with UNAVAILABLE: the proxy comes back and is admitted anew.</summary>
    public CancellationToken Expired { get; init; }

    /// <summary>Is called once, when the stream has ended.</summary>
    public Action? Release { get; init; }
}
