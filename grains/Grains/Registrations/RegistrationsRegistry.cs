using System.Runtime.CompilerServices;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;
using ControlPlane.Model.Registrations;

namespace ControlPlane.Grains.Registrations;

/// <summary>The region's own registrations, as a source like any other.</summary>
public sealed class RegistrationsRegistry(IGrainFactory grains) : IInstanceRegistry
{
    /// <summary>The source's name.</summary>
    public const string Source = "registrations";

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IRegistrationsGrain grain = grains.GetGrain<IRegistrationsGrain>(IRegistrationsGrain.Key);
        string incarnation = "";
        long sequence = 0;
        while (true)
        {
            RegistrationChanges changes = await grain.ChangesSinceAsync(incarnation, sequence, cancellationToken).WaitAsync(cancellationToken);
            (incarnation, sequence) = (changes.Incarnation, changes.Sequence);
            if (changes.IsSnapshot)
            {
                yield return new ReadingBegun();
            }
            foreach (RegistrationChange change in changes.Changes)
            {
                yield return new GroupRead(change.Id, change.State is { } state ? [InstanceOf(state)] : []);
            }
            if (changes.IsSnapshot)
            {
                yield return new ReadingComplete();
            }
        }
    }

    private static Instance InstanceOf(RegistrationState state)
    {
        Registration registration = state.Registration;
        return new Instance
        {
            Id = registration.Id,
            Service = registration.Service,
            Namespace = registration.Namespace,
            Address = registration.Address,
            Ports = registration.Ports.Select(port => new InstancePort(port.Port, "", port.Protocol, port.ServicePort)).ToValueList(),
            Health = state.IsExpired ? Health.Unhealthy : registration.IsDraining && registration.Health != Health.Unhealthy ? Health.Draining : registration.Health,
            Weight = registration.Weight,
            Locality = registration.Locality,
            Cluster = registration.Cluster,
            Identity = registration.Identity,
        };
    }
}
