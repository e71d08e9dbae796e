namespace ControlPlane.Xds.Subscriptions;

/// <summary>What is known of one name of a subscription.</summary>
internal struct Known
{
    /// <summary>The version that the client was sent last, or says that it has; null: none.</summary>
    public string? Version;

    /// <summary>Whether the client has subscribed to it by its name, not by the wildcard alone.</summary>
    public bool IsNamed;

    /// <summary>Whether the client has once accepted a version of it.</summary>
    public bool IsAccepted;

    /// <summary>Whether the client has it from an earlier stream, and was sent nothing of it on this one.</summary>
    public bool IsBrought;
}
