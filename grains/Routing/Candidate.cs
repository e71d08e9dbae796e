using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>A path that was considered.</summary>
/// <param name="Gateways">In the order in which they are crossed. Empty: a direct path.</param>
/// <param name="RoundTrip">Milliseconds on the way, without <paramref name="Hops"/>.</param>
/// <param name="Hops">Milliseconds that gateways add.</param>
/// <param name="Price">US dollars a gigabyte.</param>
/// <param name="WhyNot">Why it is not used; null: it is.</param>
public sealed record Candidate(ImmutableArray<string> Gateways, double RoundTrip, double Hops, double Price, string? WhyNot)
{
    /// <summary>All paths from a view to the endpoints of a cluster in a locality that configuration knows of, the used one among them.</summary>
    public static IEnumerable<Candidate> Of(ViewRouter router, ServiceId service, Endpoint endpoint, EffectivePolicy policy)
    {
        Topology topology = router.Topology;
        RoutingView view = router.View;
        Way way = router.WayTo(service, endpoint, policy);
        string network = topology.NetworkOf(endpoint.Cluster);
        bool isOwnMesh = service.Mesh == view.Mesh;
        yield return Make(topology, view.Locality, [], endpoint.Locality, way.IsDirect ? null
            : !isOwnMesh ? $"the service is of mesh {service.Mesh}"
            : !topology.IsLinked(view.Network, network) ? $"network {view.Network} is not linked with {network}"
            : way.WhyNot ?? $"{policy.SetBy.GetValueOrDefault("gateway", "a policy")} demands a gateway");
        if (way.IsDirect)
        {
            yield break;
        }
        foreach (ImmutableArray<TopologyGateway> hops in Ways(topology, view, service.Mesh, network))
        {
            yield return Make(topology, view.Locality, hops, endpoint.Locality, Reason(topology, view, hops, endpoint.Locality, way));
        }
    }

    private static string? Reason(Topology topology, RoutingView view, ImmutableArray<TopologyGateway> hops, Locality place, Way way)
    {
        if (way.Path?.Hops.SequenceEqual(hops) == true)
        {
            return null;
        }
        TopologyGateway first = hops[0];
        if (first.AddressesFrom(view.Network).IsEmpty)
        {
            return first.WhyNotFrom(view.Network) ?? $"no address of {first.Name} is reachable from network {view.Network}";
        }
        for (int i = 1; i < hops.Length; i++)
        {
            if (hops[i].AddressesFrom(hops[i - 1].Network).IsEmpty)
            {
                return $"no address of {hops[i].Name} is reachable from network {hops[i - 1].Network}";
            }
        }
        if (way.Path is not { } chosen)
        {
            return way.WhyNot;
        }
        Candidate own = Make(topology, view.Locality, hops, place, null);
        return hops.Length > chosen.Hops.Length ? $"{chosen} needs fewer gateways"
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{chosen} is cheaper, or as cheap and nearer: {chosen.Cost.RoundTrip:0.##} ms against {own.RoundTrip + own.Hops:0.##}");
    }

    private static IEnumerable<ImmutableArray<TopologyGateway>> Ways(Topology topology, RoutingView view, string mesh, string network)
    {
        IEnumerable<ImmutableArray<TopologyGateway>> Into(string to) => topology.GatewaysOf(GatewayRole.EastWest, view.Mesh).Where(gateway => gateway.Network == to)
            .SelectMany(entrance => topology.GatewaysOf(GatewayRole.Egress, view.Mesh).Select(exit => ImmutableArray.Create(exit, entrance)).Prepend([entrance]));
        return mesh == view.Mesh
            ? Into(network)
            : topology.GatewaysOf(GatewayRole.Internal, mesh).SelectMany(door => (door.Network == view.Network ? [] : Into(door.Network).Select(into => into.Add(door))).Prepend([door]));
    }

    private static Candidate Make(Topology topology, Locality from, ImmutableArray<TopologyGateway> hops, Locality to, string? whyNot)
    {
        Cost cost = topology.CostOver(from, hops) + topology.CostBetween(hops.IsEmpty ? from : hops[^1].Locality, to);
        double added = hops.Length * Cost.Hop.RoundTrip;
        return new Candidate([.. hops.Select(hop => hop.Name)], cost.RoundTrip - added, added, cost.Price, whyNot);
    }
}
