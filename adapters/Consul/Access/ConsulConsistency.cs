namespace ControlPlane.Adapters.Consul.Access;

/// <summary>How fresh answers have to be. See https://developer.hashicorp.com/consul/api-docs/features/consistency.</summary>
public enum ConsulConsistency
{
    /// <summary>
    /// What the leader has; the first read of everything is <see cref="Consistent"/>, as a leader that has just started may not yet know all it once knew.
    /// </summary>
    Default,

    /// <summary>The leader asks the other servers at each read whether it still is.</summary>
    Consistent,

    /// <summary>Any server may answer, with what it has.</summary>
    Stale,
}
