using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Sources;
using Orleans.Concurrency;

namespace ControlPlane.Grains.Sources;

/// <summary>A source: its lease, its state, and what it said last. The key is its name.</summary>
[Alias("cp.ISourceGrain")]
public interface ISourceGrain : IGrainWithStringKey
{
    /// <summary>Asks for the lease. The holder itself always gets it, with a new epoch.</summary>
    [Alias("Acquire")]
    Task<LeaseResult> AcquireAsync(string holder);

    [Alias("Report")]
    Task<ReportResult> ReportAsync(SourceReport report);

    [Alias("Release")]
    Task ReleaseAsync(long epoch);

    /// <summary>The source is no longer configured: its parts and its state are forgotten.</summary>
    /// <returns>False: a silo still watches it, and may know better.</returns>
    [Alias("Retire")]
    Task<bool> RetireAsync();

    /// <summary>What it says of a service; null: nothing.</summary>
    [AlwaysInterleave, Alias("GetPart")]
    Task<VersionedPart?> GetPartAsync(ServiceId service);

    [AlwaysInterleave, Alias("GetRecord")]
    Task<SourceRecord> GetRecordAsync();
}

/// <summary>A part, and when it was said.</summary>
[GenerateSerializer, Immutable, Alias("cp.VersionedPart")]
public sealed record VersionedPart([property: Id(0)] RecordVersion Version, [property: Id(1)] ServicePart Part);
