using ControlPlane.Model;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>What has changed, as far as it matters to what proxies get.</summary>
/// <param name="Services">All services that have changed.</param>
/// <param name="Reshaped">Those of them that are new, gone, or have another shape: a change of endpoints alone changes no cluster, listener or route.</param>
/// <param name="Configuration">Whether the configuration has changed.</param>
/// <param name="Certificates">The mesh whose certificates have changed; null: none has.</param>
internal sealed record ViewChange(IReadOnlyCollection<ServiceId> Services, IReadOnlyCollection<ServiceId> Reshaped, bool Configuration, string? Certificates = null);
