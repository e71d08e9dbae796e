namespace ControlPlane.Routing;

/// <summary>What kind of caller a view is for.</summary>
public enum CallerRole
{
    /// <summary>A proxy beside a workload, or an ingress gateway: it calls whatever its mesh lets it.</summary>
    Proxy,

    /// <summary>A gRPC client without a proxy: it knows no overprovisioning, no TLS of the mesh, and can call nothing but addresses.</summary>
    Proxyless,

    /// <summary>An east-west gateway: it passes calls on to endpoints of its own network.</summary>
    EastWest,

    /// <summary>An egress gateway: it passes calls on to gateways of other networks.</summary>
    Egress,

    /// <summary>An internal API gateway: it calls the services of its mesh for callers of others.</summary>
    Internal,
}

public static class CallerRoleExtensions
{
    /// <summary>Whether it calls for others: which tier is to be called was their decision.</summary>
    public static bool IsGateway(this CallerRole role) => role is CallerRole.EastWest or CallerRole.Egress or CallerRole.Internal;
}
