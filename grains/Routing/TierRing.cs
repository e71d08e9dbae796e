namespace ControlPlane.Routing;

/// <summary>What makes a locality near.</summary>
public enum TierRing
{
    /// <summary>A policy gives it a share.</summary>
    Distributed,

    /// <summary>The caller's own sub-zone.</summary>
    SubZone,

    /// <summary>What the caller has around it: its zone, or all that a policy spreads over.</summary>
    Own,

    /// <summary>A policy lists it.</summary>
    Listed,

    /// <summary>The caller's region.</summary>
    Region,

    /// <summary>Another region.</summary>
    Elsewhere,
}
