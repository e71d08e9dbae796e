namespace ControlPlane.Adapters.Consul.Objects;

/// <summary>Of what is answered nothing matters.</summary>
internal sealed record Nothing;
