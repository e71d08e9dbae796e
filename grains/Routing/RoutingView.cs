using ControlPlane.Model;

namespace ControlPlane.Routing;

/// <summary>A class of callers that reach every service in the same way.</summary>
/// <param name="IsProxyless">gRPC clients: they know no overprovisioning, and can call nothing but addresses.</param>
public sealed record RoutingView(string Mesh, string Network, Locality Locality, string Cluster, bool IsProxyless = false);
