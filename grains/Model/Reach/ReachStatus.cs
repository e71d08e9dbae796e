using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Model.Reach;

/// <summary>All that probers have said, and what follows from it.</summary>
/// <param name="Withdrawn">Addresses that callers are kept from.</param>
/// <param name="Hosts">The last good answers for host names.</param>
/// <param name="Measured">The round trips that are in force where none are declared.</param>
[GenerateSerializer, Immutable, Alias("cp.ReachStatus")]
public sealed record ReachStatus(
    [property: Id(0)] ValueList<ProberStatus> Probers,
    [property: Id(1)] ValueList<WithdrawnAddress> Withdrawn,
    [property: Id(2)] ValueList<ResolvedHost> Hosts,
    [property: Id(3)] ValueList<PairCost> Measured);

/// <summary>A prober, and what it says of each address.</summary>
/// <param name="Interval">Its next round comes within this time.</param>
/// <param name="LastReport">When it has last spoken.</param>
/// <param name="IsLost">It has not spoken for three intervals, and is not asked any more.</param>
/// <param name="IsBlind">It saw everything fail in its last round: that says more of itself than of the gateways.</param>
[GenerateSerializer, Immutable, Alias("cp.ProberStatus")]
public sealed record ProberStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] string Network,
    [property: Id(2)] Locality Locality,
    [property: Id(3)] TimeSpan Interval,
    [property: Id(4)] DateTimeOffset LastReport,
    [property: Id(5)] bool IsLost,
    [property: Id(6)] bool IsBlind,
    [property: Id(7)] ValueList<ProbedAddress> Addresses);

/// <summary>What a prober says of an address.</summary>
/// <param name="Last">Its last round.</param>
/// <param name="IsDown">Its verdict, after rounds enough in a row.</param>
/// <param name="Since">Since when this is its verdict.</param>
/// <param name="Row">Rounds in a row that spoke against its verdict.</param>
[GenerateSerializer, Immutable, Alias("cp.ProbedAddress")]
public sealed record ProbedAddress(
    [property: Id(0)] ProbeResult Last,
    [property: Id(1)] bool IsDown,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] int Row);
