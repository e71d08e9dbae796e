using System.Collections.Immutable;

namespace ControlPlane.Xds;

/// <summary>A response that a proxy rejected (NACK).</summary>
public sealed record Rejection
{
    public required DateTimeOffset At { get; init; }

    /// <summary>The proxy's own words.</summary>
    public required string Message { get; init; }

    /// <summary>The resources that the message names; else those of the response, the first of them.</summary>
    public required ImmutableArray<string> Resources { get; init; }

    /// <summary>The configuration objects or sources that those come from.</summary>
    public required ImmutableArray<string> Origins { get; init; }

    /// <summary>Whether the message names the resources.</summary>
    public required bool IsExact { get; init; }
}
