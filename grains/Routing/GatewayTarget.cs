using System.Collections.Immutable;
using ControlPlane.Model;

namespace ControlPlane.Routing;

/// <summary>A gateway that is called in the place of endpoints: each of its addresses once.</summary>
/// <param name="Path">The way to most of what it stands for.</param>
/// <param name="Endpoints">What it stands for. Empty: it stands by, for what another gateway is nearer to.</param>
public sealed record GatewayTarget(GatewayPath Path, ImmutableArray<Endpoint> Endpoints)
{
    /// <summary>Whether it stands by for something that serves.</summary>
    public bool StandsBy { get; init; }

    /// <summary>The sum of the weights of what it stands for, at least 1.</summary>
    public long Weight => Math.Max(1, Endpoints.Sum(endpoint => (long)endpoint.Weight));

    public TierSize Size(bool drainingServes) => TierSize.Of(Endpoints.AsSpan(), drainingServes);

    public long HealthyWeight(bool drainingServes) => TierLocality.HealthyWeight(Endpoints.AsSpan(), drainingServes);
}
