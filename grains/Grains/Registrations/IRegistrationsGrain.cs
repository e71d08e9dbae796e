using ControlPlane.Model;
using ControlPlane.Model.Registrations;
using Orleans.Concurrency;

namespace ControlPlane.Grains.Registrations;

/// <summary>All registrations of the region, and what has changed of them. There is one, with the key <see cref="Key"/>.</summary>
[Alias("cp.IRegistrationsGrain")]
public interface IRegistrationsGrain : IGrainWithStringKey
{
    const string Key = "all";

    /// <param name="state">Null: it is gone.</param>
    [Alias("Report")]
    Task ReportAsync(string id, RegistrationState? state);

    /// <summary>What came after a place: at once when there is something, empty after ten seconds.</summary>
    [AlwaysInterleave, Alias("ChangesSince"), ResponseTimeout("00:00:20")]
    Task<RegistrationChanges> ChangesSinceAsync(string incarnation, long sequence, CancellationToken cancellationToken);

    [AlwaysInterleave, Alias("List")]
    Task<ValueList<RegistrationState>> ListAsync();
}

/// <summary>What has changed of the registrations.</summary>
/// <param name="Sequence">To ask on from.</param>
/// <param name="IsSnapshot">These are all there are: the asker's place was of another incarnation.</param>
[GenerateSerializer, Immutable, Alias("cp.RegistrationChanges")]
public sealed record RegistrationChanges(
    [property: Id(0)] string Incarnation,
    [property: Id(1)] long Sequence,
    [property: Id(2)] bool IsSnapshot,
    [property: Id(3)] ValueList<RegistrationChange> Changes);

/// <param name="State">Null: it is gone.</param>
[GenerateSerializer, Immutable, Alias("cp.RegistrationChange")]
public sealed record RegistrationChange([property: Id(0)] string Id, [property: Id(1)] RegistrationState? State);
