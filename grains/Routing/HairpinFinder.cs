using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>Finds the hairpins in what a view is told. Pure.</summary>
public static class HairpinFinder
{
    private const double Negligible = 1e-9;

    /// <summary>Those of the calls to a port of a service.</summary>
    public static IEnumerable<Hairpin> Of(ViewRouter router, ServiceId service, ValueList<Endpoint> endpoints, int port, int portNumber, EffectivePolicy policy)
    {
        Explanation explanation = Explanation.Of(router, service, endpoints, port, policy);
        foreach (ExplainedGateway gateway in explanation.Tiers.SelectMany(tier => tier.Localities).SelectMany(locality => locality.Gateways))
        {
            // What stands for endpoints of many places makes a detour for each of them by itself.
            foreach (IGrouping<Locality, ExplainedEndpoint> place in gateway.Endpoints.GroupBy(item => item.Endpoint.Locality))
            {
                double load = place.Sum(item => item.Share);
                if (load > Negligible && Describe(router, gateway.Target.Path, place.First().Endpoint, policy) is { } found)
                {
                    yield return new Hairpin(found.Cause, router.View, service, portNumber, found.Path, found.Alternative, found.Obstacle, found.Extra, load);
                }
            }
        }
    }

    /// <summary>
    /// What a call by the public name of a gateway of the caller's own mesh would be, if it went there: from the caller's zone to the gateway's and on to
    /// the endpoints. It is avoided: sidecars have the gateway's routes. Null: the gateway is in the caller's zone, or nothing serves.
    /// </summary>
    /// <param name="route">What names the public host, for people.</param>
    public static Hairpin? OfRoute(ViewRouter router, TopologyGateway gateway, ServiceId service, ValueList<Endpoint> endpoints, int port, int portNumber, EffectivePolicy policy, string route)
    {
        RoutingView view = router.View;
        Explanation explanation = Explanation.Of(router, service, endpoints, port, policy);
        if (IsSameZone(gateway.Locality, view.Locality) || explanation.Tiers.SelectMany(tier => tier.Localities).MaxBy(locality => locality.Share) is not { Share: > 0 } called)
        {
            return null;
        }
        Cost direct = router.Topology.CostBetween(view.Locality, called.Locality);
        Cost way = router.Topology.CostOver(view.Locality, [gateway]) + router.Topology.CostBetween(gateway.Locality, called.Locality);
        return new Hairpin(
            HairpinCause.Route, view, service, portNumber,
            [new(view.Locality, null), new(gateway.Locality, gateway.Name), new(called.Locality, null)], [new(view.Locality, null), new(called.Locality, null)],
            $"{route}: sidecars call the service directly instead", new Cost(way.RoundTrip - direct.RoundTrip, Math.Max(0, way.Price - direct.Price)), 0);
    }

    private static (HairpinCause Cause, ImmutableArray<HairpinStep> Path, ImmutableArray<HairpinStep> Alternative, string Obstacle, Cost Extra)? Describe(
        ViewRouter router, GatewayPath chosen, Endpoint endpoint, EffectivePolicy policy)
    {
        Topology topology = router.Topology;
        RoutingView view = router.View;
        string network = topology.NetworkOf(endpoint.Cluster);
        Cost direct = topology.CostBetween(view.Locality, endpoint.Locality);
        Cost way = topology.CostOver(view.Locality, chosen.Hops) + topology.CostBetween(chosen.Last.Locality, endpoint.Locality);
        var extra = new Cost(way.RoundTrip - direct.RoundTrip, Math.Max(0, way.Price - direct.Price));
        ImmutableArray<HairpinStep> path = [
            new(view.Locality, null), .. chosen.Hops.Select(hop => new HairpinStep(hop.Locality, hop.Name)), new(endpoint.Locality, null)];
        ImmutableArray<HairpinStep> alternative = [new(view.Locality, null), new(endpoint.Locality, null)];
        if (chosen.Kind != PathKind.OtherMesh && topology.IsLinked(view.Network, network))
        {
            return (HairpinCause.Policy, path, alternative, $"{policy.SetBy.GetValueOrDefault("gateway", "a policy")}, field gateway, demands {chosen.Last}", extra);
        }
        if (chosen.Hops.FirstOrDefault(hop => !IsSameZone(hop.Locality, view.Locality) && !IsSameZone(hop.Locality, endpoint.Locality)) is not { } detour)
        {
            return null;
        }
        string obstacle = chosen.Kind == PathKind.OtherMesh
            ? $"mesh {detour.Declared.Mesh} has no nearer gateway that network {view.Network} reaches: only {detour.Declared.Reference}"
            : $"network {view.Network} is not linked with {network}, and no nearer gateway than {detour.Declared.Reference} is reachable: link the networks (Network {view.Network}, field links), or add a gateway in {view.Locality} or {endpoint.Locality}";
        return (HairpinCause.Gateway, path, alternative, obstacle, extra);
    }

    private static bool IsSameZone(Locality one, Locality other) => one.Region == other.Region && one.Zone == other.Zone;
}
