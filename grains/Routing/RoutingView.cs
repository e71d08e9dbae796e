using ControlPlane.Model;

namespace ControlPlane.Routing;

/// <summary>A class of callers that reach every service in the same way.</summary>
public sealed record RoutingView(string Mesh, string Network, Locality Locality, string Cluster);
