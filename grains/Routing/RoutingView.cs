using ControlPlane.Model;

namespace ControlPlane.Routing;

/// <summary>A class of callers that reach every service in the same way.</summary>
public sealed record RoutingView(string Mesh, string Network, Locality Locality, string Cluster, CallerRole Role = CallerRole.Proxy)
{
    /// <summary>Whether they have certificates of their mesh: without one nothing can be called by mutual TLS.</summary>
    public bool HasIdentity { get; init; }

    /// <summary>The <see cref="Model.Configuration.RegionGateway"/> that they are, where <see cref="Role"/> is a gateway's. Else empty.</summary>
    public string Gateway { get; init; } = "";

    public bool IsProxyless => Role == CallerRole.Proxyless;
}
