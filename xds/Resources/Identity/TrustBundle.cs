namespace ControlPlane.Xds.Resources.Identity;

/// <summary>The authorities of a mesh. Equal content is the same object.</summary>
/// <param name="TrustDomain">The authority part of its SPIFFE ids.</param>
/// <param name="Authorities">PEM.</param>
public sealed record TrustBundle(string TrustDomain, string Authorities);
