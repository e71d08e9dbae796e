using ControlPlane.Model;
using ControlPlane.Model.Registrations;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>A workload that has registered itself.</summary>
/// <param name="Expired">Its lease was not renewed in time: it counts as unhealthy, and is forgotten after ten times the lease.</param>
public sealed record RegistrationView(
    string Id, string Service, string Namespace, string Cluster, string Address, IReadOnlyList<RegisteredPort> Ports, Health Health, int Weight,
    LocalityView Locality, string? Identity, int LeaseSeconds, bool Draining, bool Expired)
{
    public static RegistrationView Of(RegistrationState state)
    {
        Registration own = state.Registration;
        return new(
            own.Id, own.Service, own.Namespace, own.Cluster, own.Address, own.Ports, own.Health, own.Weight, LocalityView.Of(own.Locality),
            own.Identity.Length == 0 ? null : own.Identity, own.LeaseSeconds, own.IsDraining, state.IsExpired);
    }
}
