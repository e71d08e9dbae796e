using System.Collections.Immutable;
using ControlPlane.Model;

namespace ControlPlane.Routing;

/// <summary>How a view reaches a port of a service: tiers without gaps, nearest first.</summary>
/// <param name="DrainingServes">Nothing is healthy, but something drains: it does serve, and is sent as healthy.</param>
public sealed record RoutePlan(ImmutableArray<Tier> Tiers, ImmutableArray<Unreachable> Unreachable, bool DrainingServes)
{
    public static RoutePlan Empty { get; } = new([], [], false);

    /// <summary>The percentage of the load that each tier gets, by Envoy's own arithmetic.</summary>
    public ImmutableArray<int> Loads(int overprovisioning) =>
        SpillOver.Loads([.. Tiers.Select(tier => tier.Size(DrainingServes))], overprovisioning);
}

/// <summary>Localities that are equally near.</summary>
public sealed record Tier(ImmutableArray<TierLocality> Localities)
{
    /// <summary>How many endpoints are healthy of how many declared. Draining ones are in neither.</summary>
    public TierSize Size(bool drainingServes)
    {
        int healthy = 0;
        int declared = 0;
        foreach (TierLocality locality in Localities)
        {
            foreach (Endpoint endpoint in locality.Endpoints)
            {
                bool drains = endpoint.Health == Health.Draining;
                declared += drains && !drainingServes ? 0 : 1;
                healthy += endpoint.Health is Health.Healthy or Health.Unknown || (drains && drainingServes) ? 1 : 0;
            }
        }
        return new TierSize(healthy, declared);
    }
}

public readonly record struct TierSize(int Healthy, int Declared);

/// <summary>The endpoints of one locality in a tier.</summary>
/// <param name="Weight">The sum of the weights of its endpoints, at least 1.</param>
public sealed record TierLocality(Locality Locality, long Weight, ImmutableArray<Endpoint> Endpoints);

/// <summary>An endpoint that the view cannot reach, and why.</summary>
public sealed record Unreachable(Endpoint Endpoint, string Reason);
