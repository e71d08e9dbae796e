namespace ControlPlane.Xds;

/// <summary>A resource that another one names: a route's cluster, a cluster's assignment, a listener's route configuration.</summary>
public readonly record struct ResourceReference(string TypeUrl, string Name);
