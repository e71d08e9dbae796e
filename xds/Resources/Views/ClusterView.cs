namespace ControlPlane.Xds.Resources.Views;

/// <summary>A class of callers whose Envoy clusters are the same: what those are made of depends on less than who is called.</summary>
/// <param name="HasIdentity">Whether they have certificates of their mesh.</param>
internal sealed record ClusterView(string Mesh, string Network, bool HasIdentity, bool IsProxyless = false);
