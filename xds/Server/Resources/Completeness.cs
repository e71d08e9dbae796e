namespace ControlPlane.Xds;

/// <summary>How much of what there is a set of resources holds: nothing must be taken for gone that is only not known yet.</summary>
public enum Completeness
{
    /// <summary>No wildcard request is answered.</summary>
    Waiting,

    /// <summary>What is there may be older than what a client brings from an earlier stream: that stays as it is. Nothing is removed.</summary>
    Remembered,

    /// <summary>What is there is served, and nothing is removed.</summary>
    Partial,

    /// <summary>What is not in the set does not exist.</summary>
    Complete,
}
