using ControlPlane.Model.Catalog;

namespace ControlPlane.Model.Reach;

/// <summary>One round of a prober: what it found at each address that it was told to probe.</summary>
[GenerateSerializer, Immutable, Alias("cp.ProbeReport")]
public sealed record ProbeReport
{
    /// <summary>The prober's name.</summary>
    [Id(0)]
    public required string Prober { get; init; }

    /// <summary>Where it probes from.</summary>
    [Id(1)]
    public required string Network { get; init; }

    /// <summary>Its next round comes within this time.</summary>
    [Id(2)]
    public required TimeSpan Interval { get; init; }

    /// <summary>Where it stands; unknown: its round trips say nothing of the cost between localities.</summary>
    [Id(3)]
    public Locality Locality { get; init; } = Locality.Unknown;

    [Id(4)]
    public ValueList<ProbeResult> Results { get; init; }
}

/// <summary>What a prober found at an address of a gateway.</summary>
/// <param name="Gateway">The RegionGateway's name.</param>
/// <param name="Host">As the gateway's object names it.</param>
/// <param name="Reason">Why not, in words; empty: it answers.</param>
/// <param name="RoundTripMs">How long a connection took to be accepted, in milliseconds; null: it was not.</param>
[GenerateSerializer, Immutable, Alias("cp.ProbeResult")]
public sealed record ProbeResult(
    [property: Id(0)] string Gateway,
    [property: Id(1)] string Host,
    [property: Id(2)] int Port,
    [property: Id(3)] bool Ok,
    [property: Id(4)] string Reason,
    [property: Id(5)] double? RoundTripMs);
