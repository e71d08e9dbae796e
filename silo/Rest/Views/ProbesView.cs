using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Reach;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>What probers say of the addresses of gateways, and what follows from it.</summary>
/// <param name="Withdrawn">Addresses that callers of a network are kept from.</param>
/// <param name="Hosts">The addresses of host names: the last good answers.</param>
/// <param name="Measured">Round trips between places, in force where none are declared.</param>
public sealed record ProbesView(
    IReadOnlyList<ProberView> Probers, IReadOnlyList<WithdrawnAddress> Withdrawn, IReadOnlyList<ResolvedHostView> Hosts, IReadOnlyList<MeasuredView> Measured)
{
    public static ProbesView Of(ReachStatus status) => new(
        [.. status.Probers.Select(ProberView.Of)],
        [.. status.Withdrawn],
        [.. status.Hosts.Select(host => new ResolvedHostView(host.Host, [.. host.Addresses]))],
        [.. status.Measured.Select(pair => new MeasuredView(pair.From, pair.To, pair.RoundTripMs ?? 0))]);
}

public sealed record ResolvedHostView(string Host, IReadOnlyList<string> Addresses);

public sealed record MeasuredView(string From, string To, double RoundTripMs);

/// <param name="State"><c>Live</c>; <c>Lost</c>: it has not reported for three intervals; <c>Blind</c>: everything failed in its last round. Only live ones are asked.</param>
public sealed record ProberView(string Name, string Network, LocalityView? Locality, string State, DateTimeOffset LastReport, double IntervalMs, IReadOnlyList<ProbedAddressView> Addresses)
{
    public static ProberView Of(ProberStatus prober) => new(
        prober.Name, prober.Network, prober.Locality.Region.Length == 0 ? null : LocalityView.Of(prober.Locality),
        prober.IsLost ? "Lost" : prober.IsBlind ? "Blind" : "Live",
        prober.LastReport, prober.Interval.TotalMilliseconds, [.. prober.Addresses.Select(ProbedAddressView.Of)]);
}

/// <param name="Ok">Its last probe.</param>
/// <param name="Reason">Why that failed.</param>
/// <param name="IsDown">The prober's verdict: three failures in a row make it down, two successes up.</param>
/// <param name="Since">Since when that is its verdict.</param>
public sealed record ProbedAddressView(string Gateway, string Host, int Port, bool Ok, string? Reason, double? RoundTripMs, bool IsDown, DateTimeOffset Since)
{
    public static ProbedAddressView Of(ProbedAddress address) => new(
        address.Last.Gateway, address.Last.Host, address.Last.Port, address.Last.Ok, address.Last.Reason.Length == 0 ? null : address.Last.Reason,
        address.Last.RoundTripMs, address.IsDown, address.Since);
}

/// <summary>What a prober is to probe.</summary>
public sealed record ProbeTargets(string Network, IReadOnlyList<ProbeTarget> Targets);

/// <summary>An address of a gateway.</summary>
/// <param name="Addresses">What the host stands for: it lives when one of them answers.</param>
public sealed record ProbeTarget(string Gateway, GatewayRole Kind, string Host, int Port, ProbeProtocol Protocol, IReadOnlyList<string> Addresses);

/// <summary>How an address is probed.</summary>
public enum ProbeProtocol
{
    /// <summary>A connection that is accepted.</summary>
    Tcp,

    /// <summary>A ClientHello that is answered with anything of TLS, or with the connection's end.</summary>
    Tls,

    /// <summary>A GET that is answered with any status.</summary>
    Http,
}
