using ControlPlane.Model;

namespace ControlPlane.Grains.Services;

/// <summary>A service: merges what all sources say of it. The key is <c>mesh/namespace/name</c>.</summary>
[Alias("cp.IServiceGrain")]
public interface IServiceGrain : IGrainWithStringKey
{
    /// <summary>What a source says now.</summary>
    /// <returns>False: it is not published; say it again.</returns>
    [Alias("Report")]
    Task<bool> ReportAsync(PartReport report);
}

/// <param name="Part">Null: the source no longer has the service.</param>
[GenerateSerializer, Immutable, Alias("cp.PartReport")]
public sealed record PartReport(
    [property: Id(0)] string Source,
    [property: Id(1)] RecordVersion Version,
    [property: Id(2)] ServicePart? Part);
