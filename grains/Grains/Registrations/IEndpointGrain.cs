using ControlPlane.Model;
using ControlPlane.Model.Registrations;
using Orleans.Concurrency;

namespace ControlPlane.Grains.Registrations;

/// <summary>A workload that registers itself: its lease, its health, its drain. The key is the registration's id.</summary>
[Alias("cp.IEndpointGrain")]
public interface IEndpointGrain : IGrainWithStringKey
{
    /// <summary>Registers, or replaces what was registered, and renews the lease. It is stored when this returns.</summary>
    /// <returns>Whether it is new.</returns>
    [Alias("Register")]
    Task<bool> RegisterAsync(Registration registration);

    /// <summary>Renews the lease.</summary>
    /// <param name="health">Null: as before.</param>
    /// <returns>False: there is no such registration (any more): register again.</returns>
    [Alias("Renew")]
    Task<bool> RenewAsync(Health? health);

    /// <summary>It gets no new requests from now on.</summary>
    /// <returns>False: there is no such registration.</returns>
    [Alias("Drain")]
    Task<bool> DrainAsync();

    /// <returns>False: there was no such registration.</returns>
    [Alias("Deregister")]
    Task<bool> DeregisterAsync();

    /// <summary>What it is now; null: nothing is registered.</summary>
    [AlwaysInterleave, Alias("Get")]
    Task<RegistrationState?> GetAsync();
}
