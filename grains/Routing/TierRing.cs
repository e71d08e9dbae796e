namespace ControlPlane.Routing;

/// <summary>What makes a locality near.</summary>
public enum TierRing
{
    /// <summary>What a gateway stands for: which tier is to be called was its callers' decision.</summary>
    StandsFor,

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

    /// <summary>What is known of it is too old, by a policy.</summary>
    Stale,

    /// <summary>A gateway that another one is preferred to, for all that both lead to.</summary>
    Standby,
}
