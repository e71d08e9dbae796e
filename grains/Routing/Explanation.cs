using System.Collections.Immutable;
using ControlPlane.Model;

namespace ControlPlane.Routing;

/// <summary>Where the calls of a view go to a port of a service, and why.</summary>
/// <param name="NotCounted">Endpoints that do not count yet: they are starting.</param>
/// <param name="NotServing">Endpoints of the service that do not serve the port.</param>
public sealed record Explanation(
    ImmutableArray<ExplainedTier> Tiers, ImmutableArray<Unreachable> Unreachable, ImmutableArray<Endpoint> NotCounted, ImmutableArray<Endpoint> NotServing)
{
    /// <param name="port">The index of the port among the service's ports.</param>
    public static Explanation Of(ViewRouter router, ServiceId service, ValueList<Endpoint> endpoints, int port, EffectivePolicy policy)
    {
        RoutePlan plan = router.Plan(service, endpoints.AsSpan(), port, policy);
        ImmutableArray<int> loads = plan.Loads(policy.Overprovisioning);
        bool Serves(Endpoint endpoint) => port < endpoint.Ports.Count && endpoint.Ports[port] != 0;
        return new Explanation(
            [.. plan.Tiers.Select((tier, index) => new ExplainedTier(
                tier.Ring, loads[index], tier.Size(plan.DrainingServes),
                [.. tier.Localities.Zip(tier.Parts(plan.DrainingServes), (locality, part) => Explain(router, plan, locality, loads[index] * part))]))],
            plan.Unreachable,
            [.. endpoints.Where(endpoint => !endpoint.Declared && Serves(endpoint))],
            [.. endpoints.Where(endpoint => !Serves(endpoint))]);
    }

    private static ExplainedLocality Explain(ViewRouter router, RoutePlan plan, TierLocality locality, double part)
    {
        long healthy = locality.HealthyWeight(plan.DrainingServes);
        Cost cost = router.Topology.CostBetween(router.View.Locality, locality.Locality);
        ImmutableArray<ExplainedEndpoint> Share(ImmutableArray<Endpoint> endpoints) => [.. endpoints.Select(endpoint => new ExplainedEndpoint(
            endpoint, TierLocality.Serves(endpoint.Health, plan.DrainingServes) ? part * endpoint.Weight / healthy : 0))];
        return new ExplainedLocality(
            locality.Locality, cost, part, Share(locality.Endpoints),
            [.. locality.Gateways.Select(gateway => new ExplainedGateway(gateway, healthy == 0 ? 0 : part * gateway.HealthyWeight(plan.DrainingServes) / healthy, Share(gateway.Endpoints)))]);
    }
}

/// <summary>Localities that are called together.</summary>
/// <param name="Load">Percentage of the requests, by Envoy's own arithmetic.</param>
public sealed record ExplainedTier(TierRing Ring, int Load, TierSize Size, ImmutableArray<ExplainedLocality> Localities);

/// <param name="Cost">Of a direct call there.</param>
/// <param name="Share">Percentage of all requests.</param>
/// <param name="Endpoints">Those that are called directly.</param>
public sealed record ExplainedLocality(
    Locality Locality, Cost Cost, double Share, ImmutableArray<ExplainedEndpoint> Endpoints, ImmutableArray<ExplainedGateway> Gateways);

/// <summary>A gateway, and what it stands for.</summary>
/// <param name="Share">Percentage of all requests.</param>
public sealed record ExplainedGateway(GatewayTarget Target, double Share, ImmutableArray<ExplainedEndpoint> Endpoints);

/// <param name="Share">Percentage of all requests.</param>
public sealed record ExplainedEndpoint(Endpoint Endpoint, double Share);
