using System.Collections.Immutable;
using ControlPlane.Model;

namespace ControlPlane.Routing;

/// <summary>A path that crosses a gateway, zone or region that a cheaper one would not.</summary>
/// <param name="Path">Where it leads, the caller first: localities, and the gateways that stand there.</param>
/// <param name="Alternative">The cheaper one, likewise.</param>
/// <param name="Obstacle">What stands in its way: an object and its field, or a missing link. Of a hairpin that is avoided: what would have made it.</param>
/// <param name="Load">Percentage of the caller's requests to the service that take it.</param>
public sealed record Hairpin(
    HairpinCause Cause, RoutingView Caller, ServiceId Service, int Port, ImmutableArray<HairpinStep> Path, ImmutableArray<HairpinStep> Alternative, string Obstacle, Cost Extra, double Load)
{
    /// <summary>Whether requests take it. Routing makes none while another path exists.</summary>
    public bool IsTaken => Load > 0;
}

/// <summary>A place on a path.</summary>
/// <param name="Gateway">The gateway that stands there; null: it is the caller or an endpoint.</param>
public sealed record HairpinStep(Locality Locality, string? Gateway)
{
    public override string ToString() => Gateway is null ? Locality.ToString() : $"{Gateway} ({Locality})";
}

public enum HairpinCause
{
    /// <summary>The only gateway that is permitted stands in a zone that is neither the caller's nor the endpoint's.</summary>
    Gateway,

    /// <summary>A policy demands a gateway although a direct path exists.</summary>
    Policy,

    /// <summary>A route names the public host of one of our own gateways, for callers that can do without it.</summary>
    Route,
}
