namespace ControlPlane.Routing;

/// <summary>What beside its locality decides in which tier an endpoint is.</summary>
internal enum Placing
{
    /// <summary>Nothing.</summary>
    ByLocality,

    /// <summary>A gateway calls it for others.</summary>
    StandsFor,

    /// <summary>Its registry means it for callers of the caller's zone.</summary>
    HintedHere,

    /// <summary>Its registry means it for callers of other zones.</summary>
    HintedElsewhere,

    /// <summary>What is known of it is too old: it comes after all others.</summary>
    Stale,
}
