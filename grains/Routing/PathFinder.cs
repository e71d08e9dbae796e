using System.Collections.Immutable;
using System.Net;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>Finds how a view reaches endpoints: the first kind of path that is possible, and of that kind the cheapest.</summary>
/// <remarks>What is the same for all services is found once: the paths into a network, and to the endpoints of a cluster in a locality.</remarks>
internal sealed class PathFinder(RoutingView view, Topology topology)
{
    private readonly Dictionary<(string Mesh, string? Gateway), Dictionary<string, List<KnownWay>>> ways = [];
    private readonly Dictionary<string, ImmutableArray<GatewayPath>> intoNetworks = [];
    private readonly Dictionary<(string Mesh, Locality Place), string> nearest = [];
    private readonly bool isTls = topology.MeshNamed(view.Mesh) is { HasCertificates: true };
    private readonly bool isStrict = topology.MeshNamed(view.Mesh) is { HasCertificates: true, Mtls: MtlsMode.Strict };

    /// <summary>The ways to the endpoints of services of a mesh, by their clusters.</summary>
    /// <param name="gateway">The gateway that a policy demands; null: none.</param>
    public Dictionary<string, List<KnownWay>> KnownTo(string mesh, string? gateway)
    {
        if (!ways.TryGetValue((mesh, gateway), out Dictionary<string, List<KnownWay>>? known))
        {
            ways[(mesh, gateway)] = known = [];
        }
        return known;
    }

    /// <param name="known">See <see cref="KnownTo"/>.</param>
    public KnownWay Find(string mesh, Endpoint endpoint, string? gateway, Dictionary<string, List<KnownWay>> known)
    {
        if (!known.TryGetValue(endpoint.Cluster, out List<KnownWay>? ofCluster))
        {
            known[endpoint.Cluster] = ofCluster = [];
        }
        // A cluster has few localities.
        foreach (KnownWay way in ofCluster)
        {
            if (way.Speaks == endpoint.Speaks && way.Locality.Equals(endpoint.Locality))
            {
                return way;
            }
        }
        var found = new KnownWay(endpoint.Locality, endpoint.Speaks, mesh == view.Mesh ? WithinMesh(endpoint, gateway) : ToOtherMesh(mesh, endpoint));
        ofCluster.Add(found);
        return found;
    }

    /// <summary>The way to a service of another mesh that is not exported.</summary>
    public Way NotExported(string mesh) => Way.Unreachable($"not exported: no Export of mesh {mesh} names the service for mesh {view.Mesh}");

    /// <summary>All paths of the shortest kind that lead into a network, the usable ones; empty: there are none.</summary>
    public ImmutableArray<GatewayPath> PathsInto(string network)
    {
        if (!intoNetworks.TryGetValue(network, out ImmutableArray<GatewayPath> paths))
        {
            TopologyGateway[] entrances = [.. topology.GatewaysOf(GatewayRole.EastWest, view.Mesh).Where(gateway => gateway.Network == network)];
            paths = [.. entrances.Select(gateway => Through(PathKind.OneGateway, [gateway])).OfType<GatewayPath>()];
            if (paths.IsEmpty && view.Role != CallerRole.Egress)
            {
                paths = [
                    .. from exit in topology.GatewaysOf(GatewayRole.Egress, view.Mesh)
                       from entrance in entrances
                       where !entrance.AddressesFrom(exit.Network).IsEmpty
                       let path = Through(PathKind.TwoGateways, [exit, entrance])
                       where path is not null
                       select path];
            }
            intoNetworks[network] = paths;
        }
        return paths;
    }

    private Way WithinMesh(Endpoint endpoint, string? demanded)
    {
        string network = topology.NetworkOf(endpoint.Cluster);
        bool speaksTls = endpoint.Speaks == Speaks.Mtls && isTls;
        switch (view.Role)
        {
            case CallerRole.EastWest when network != view.Network:
                return Way.Unreachable($"an east-west gateway calls only its own network, {view.Network}");
            case CallerRole.Egress when network == view.Network || topology.IsLinked(view.Network, network):
                return Way.Unreachable("an egress gateway calls only gateways of other networks");
            case CallerRole.EastWest or CallerRole.Egress when !speaksTls:
                return Way.Unreachable("plaintext: a gateway would pass on mutual TLS, which the endpoint does not speak");
        }
        bool isForced = demanded is not null && view.Role is CallerRole.Proxy && topology.GatewayNamed(demanded) is { } gateway && gateway.Network == network;
        if (topology.IsLinked(view.Network, network) && !isForced && view.Role != CallerRole.Egress)
        {
            return DirectTo(endpoint, speaksTls, network);
        }
        string notLinked = $"network {view.Network} is not linked with {network}, the network of cluster {endpoint.Cluster}";
        if (!speaksTls)
        {
            return Way.Unreachable(topology.GatewaysOf(GatewayRole.EastWest, view.Mesh).Any(other => other.Network == network) ? $"plaintext behind an unlinked network: {notLinked}" : notLinked);
        }
        if (!view.HasIdentity && view.Role is CallerRole.Proxy or CallerRole.Proxyless or CallerRole.Internal)
        {
            return Way.Unreachable($"{notLinked}, and the caller has no certificate of mesh {view.Mesh}, without which no gateway can be used");
        }
        IEnumerable<GatewayPath> paths = isForced ? PathsInto(network).Where(path => path.Last.Name == demanded) : PathsInto(network);
        return Cheapest(paths, endpoint.Locality) is { } path
            ? view.Role == CallerRole.Internal ? Stands(GatewayRole.Internal, view.Mesh, endpoint.Locality, null) with { Path = path } : new Way(path, null, view.Role.IsGateway())
            : Way.Unreachable(isForced ? WhyNoEntrance(network, $"a policy demands gateway {demanded}", demanded) : WhyNoEntrance(network, notLinked, null));
    }

    private Way DirectTo(Endpoint endpoint, bool speaksTls, string network) =>
        isStrict && !endpoint.IsFunction && !speaksTls ? Way.Unreachable($"plaintext: mesh {view.Mesh} is strict, and the endpoint has no sidecar")
        : isStrict && !endpoint.IsFunction && !view.HasIdentity && !(view.Role == CallerRole.EastWest)
            ? Way.Unreachable($"mesh {view.Mesh} is strict, and the caller has no certificate of it")
        : view.Role switch
        {
            CallerRole.EastWest => Stands(GatewayRole.EastWest, view.Mesh, endpoint.Locality, network),
            CallerRole.Internal => Stands(GatewayRole.Internal, view.Mesh, endpoint.Locality, null),
            _ => Way.Direct,
        };

    // Of several gateways of a kind each stands for what it is nearest to; the rest it calls only when that fails.
    private Way Stands(GatewayRole role, string mesh, Locality place, string? network)
    {
        if (!nearest.TryGetValue((mesh, place), out string? name))
        {
            name = topology.GatewaysOf(role, mesh).Where(gateway => network is null || gateway.Network == network)
                .MinBy(gateway => topology.CostBetween(gateway.Locality, place))?.Name ?? view.Gateway;
            nearest[(mesh, place)] = name;
        }
        return new Way(null, null, name == view.Gateway);
    }

    private Way ToOtherMesh(string mesh, Endpoint endpoint)
    {
        Locality place = endpoint.Locality;
        string network = topology.NetworkOf(endpoint.Cluster);
        if (view.Role == CallerRole.Internal)
        {
            return Way.Unreachable($"an internal gateway calls only the services of its own mesh, {view.Mesh}");
        }
        if (!isTls || (!view.HasIdentity && view.Role is CallerRole.Proxy or CallerRole.Proxyless))
        {
            return Way.Unreachable($"other mesh: internal gateways take mutual TLS, and the caller has no certificate of mesh {view.Mesh}");
        }
        TopologyGateway[] doors = [.. topology.GatewaysOf(GatewayRole.Internal, mesh)];
        GatewayPath? path = view.Role switch
        {
            CallerRole.Egress => Cheapest(doors.SelectMany(door => PathsInto(door.Network)), place),
            _ => Cheapest(PathsToMesh(mesh).Where(path => Reaches(path.Last, mesh, network)), place, network),
        };
        if (path is not null)
        {
            return new Way(path, null, view.Role.IsGateway());
        }
        return Way.Unreachable(doors.Select(door => door.WhyNotFrom(view.Network)).FirstOrDefault(why => why is not null)
            ?? (doors.Length > 0 && !doors.Any(door => Reaches(door, mesh, network)) ? $"other mesh: no internal gateway of {mesh} reaches network {network}, directly or through an east-west gateway"
            : doors.Length == 0 ? $"other mesh: {mesh} has no internal gateway" : $"other mesh: no internal gateway of {mesh} has an address that network {view.Network} reaches"));
    }

    /// <summary>All paths to the internal gateways of another mesh.</summary>
    public IEnumerable<GatewayPath> PathsToMesh(string mesh) => topology.GatewaysOf(GatewayRole.Internal, mesh)
        // An east-west gateway joins networks: what it passes on to stands in its own.
        .Where(door => view.Role != CallerRole.EastWest || door.Network == view.Network).SelectMany(PathsTo);

    private IEnumerable<GatewayPath> PathsTo(TopologyGateway door)
    {
        if (Through(PathKind.OtherMesh, [door]) is { } path)
        {
            return [path];
        }
        return view.Role == CallerRole.EastWest || topology.IsLinked(view.Network, door.Network) ? [] : PathsInto(door.Network).Select(into => new GatewayPath(
            PathKind.OtherMesh, into.Hops.Add(door), into.Addresses, topology.CostOver(view.Locality, into.Hops.Add(door))));
    }

    // Whether an internal gateway gets on to the endpoints of a network of its mesh.
    private bool Reaches(TopologyGateway door, string mesh, string network) =>
        topology.IsLinked(door.Network, network)
        || topology.GatewaysOf(GatewayRole.EastWest, mesh).Any(entrance => entrance.Network == network && !entrance.AddressesFrom(door.Network).IsEmpty);

    // Through these gateways, as far as the caller reaches the first. Between gateways it is the owners' of the objects to say.
    private GatewayPath? Through(PathKind kind, ImmutableArray<TopologyGateway> hops)
    {
        ImmutableArray<IPEndPoint> addresses = hops[0].Name == view.Gateway ? [] : hops[0].AddressesFrom(view.Network);
        return addresses.IsEmpty ? null : new GatewayPath(kind, hops, addresses, topology.CostOver(view.Locality, hops));
    }

    // With a network: the last gateway, too, has to cross a gateway to one that its own is not linked with.
    private GatewayPath? Cheapest(IEnumerable<GatewayPath> paths, Locality place, string? network = null)
    {
        GatewayPath? best = null;
        (Cost Whole, Cost End) bestCost = default;
        foreach (GatewayPath path in paths)
        {
            Cost end = topology.CostBetween(path.Last.Locality, place) + (network is null || topology.IsLinked(path.Last.Network, network) ? default : Cost.Hop);
            (Cost, Cost) cost = (path.Cost + end, end);
            // Where the whole costs the same, the gateway that is nearest to the endpoint: so each stands for what is its own.
            if (best is null || cost.CompareTo(bestCost) < 0)
            {
                (best, bestCost) = (path, cost);
            }
        }
        return best is null ? null : best with { Cost = bestCost.Whole };
    }

    private string WhyNoEntrance(string network, string why, string? only)
    {
        TopologyGateway[] entrances = [.. topology.GatewaysOf(GatewayRole.EastWest, view.Mesh).Where(gateway => gateway.Network == network && (only is null || gateway.Name == only))];
        string? withdrawn = entrances.Concat(topology.GatewaysOf(GatewayRole.Egress, view.Mesh)).Select(gateway => gateway.WhyNotFrom(view.Network)).FirstOrDefault(reason => reason is not null);
        return withdrawn is not null ? $"{why}, and {withdrawn}"
            : entrances.Length == 0 ? why
            : $"{why}, and no address of gateway {entrances[0].Name} is reachable from {view.Network}, nor is there an egress gateway that reaches it";
    }
}

/// <summary>The way to what speaks alike in a locality of a cluster, and the place that it has in the order of tiers that was used last.</summary>
internal sealed class KnownWay(Locality locality, Speaks speaks, Way way)
{
    private TierOrder? order;
    private RankedPlace? place;

    public Locality Locality => locality;

    public Speaks Speaks => speaks;

    public Way Way => way;

    /// <summary>Null: the policy lets nobody call it.</summary>
    public RankedPlace? PlaceIn(TierOrder tiers, string cluster)
    {
        if (order != tiers)
        {
            (order, place) = (tiers, tiers.PlaceOf(locality, cluster));
        }
        return place;
    }
}
