using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>
/// Decides for one view how each service is reached. Pure: the same input gives the same plan, whatever was asked before; what it keeps are only
/// look-ups that would give the same again. Not for use by two threads at once.
/// </summary>
public sealed class ViewRouter(RoutingView view, Topology topology)
{
    private readonly Dictionary<EffectivePolicy, TierOrder> orders = new(ReferenceEqualityComparer.Instance);
    private readonly PathFinder paths = new(view, topology);
    private readonly PlanBuilder builder = new(view, topology);
    private readonly HashSet<string> addresses = [];

    public RoutingView View => view;

    public Topology Topology => topology;

    /// <param name="endpoints">All endpoints of the service.</param>
    /// <param name="port">The index of the port among the service's ports.</param>
    /// <param name="isDirect">Whether only direct paths count: names of single endpoints mean nothing to gateways.</param>
    /// <param name="stale">Clusters of which nothing new is known for longer than the policy allows; null: none.</param>
    public RoutePlan Plan(
        ServiceId service, ReadOnlySpan<Endpoint> endpoints, int port, EffectivePolicy policy, bool isDirect = false, IReadOnlySet<string>? stale = null)
    {
        bool areHinted = endpoints is [{ ForZones.IsEmpty: false }, ..] && ZoneHints.Apply(endpoints, view, policy);
        builder.Begin(OrderOf(policy), policy.TierMargin);
        Dictionary<string, List<KnownWay>> known = paths.KnownTo(service.Mesh, policy.Gateway);
        bool isExported = service.Mesh == view.Mesh || topology.IsExported(service, view.Mesh);
        List<Unreachable>? unreachable = null;
        List<(GatewayPath Path, string Network, string Mesh)>? crossed = null;
        bool anyHealthy = false;
        bool anyDraining = false;
        Endpoint? last = null;
        // Envoy keeps the first of a repeated address without a word, and gRPC refuses the whole assignment. Within a cluster there is none.
        bool mayRepeat = !AreOfOneCluster(endpoints);
        addresses.Clear();
        KnownWay? place = null;
        Way way = Way.Direct;
        foreach (Endpoint endpoint in endpoints)
        {
            if (!endpoint.Declared || port >= endpoint.Ports.Count || endpoint.Ports[port] == 0)
            {
                continue;
            }
            // Nearly always the one before is from the same place.
            if (last is null || !ReferenceEquals(last.Cluster, endpoint.Cluster) || !ReferenceEquals(last.Locality, endpoint.Locality) || last.Speaks != endpoint.Speaks)
            {
                place = isExported ? paths.Find(service.Mesh, endpoint, policy.Gateway, known) : null;
                way = place?.Way ?? paths.NotExported(service.Mesh);
                last = endpoint;
            }
            bool isStale = stale?.Contains(endpoint.Cluster) == true;
            if ((WhyNot(endpoint, way, isDirect) ?? (isStale && policy.Stale == StaleAction.Withdraw ? WhyStale(endpoint, policy) : null)) is { } reason)
            {
                (unreachable ??= []).Add(new Unreachable(endpoint, reason));
                continue;
            }
            if (way.Path is { } path)
            {
                builder.Add(endpoint, way);
                if (crossed is null || !crossed.Exists(other => other.Path.First == path.First))
                {
                    (crossed ??= []).Add((path, topology.NetworkOf(endpoint.Cluster), service.Mesh));
                }
            }
            else if (mayRepeat && !addresses.Add(endpoint.Address) && IsRepeated(endpoint, port, endpoints, known, service.Mesh, policy.Gateway))
            {
                (unreachable ??= []).Add(new Unreachable(endpoint, "another cluster has the same address, which counts once"));
                continue;
            }
            else if (!builder.Add(endpoint, place!, way.StandsFor ? Placing.StandsFor : isStale ? Placing.Stale : areHinted ? ZoneHints.Of(endpoint, view) : Placing.ByLocality))
            {
                (unreachable ??= []).Add(Refused(endpoint, policy));
                continue;
            }
            anyHealthy |= endpoint.Health is Health.Healthy or Health.Unknown or Health.Degraded;
            anyDraining |= endpoint.Health == Health.Draining;
        }
        if (crossed is not null && policy.Gateway is null)
        {
            AddStandbys(builder, crossed, anyHealthy || anyDraining);
        }
        return new RoutePlan(
            builder.Build(endpoint => (unreachable ??= []).Add(Refused(endpoint, policy))), unreachable is null ? [] : [.. unreachable], anyDraining && !anyHealthy)
        {
            IsDecided = view.Role.IsGateway(),
        };
    }

    /// <summary>How the view reaches an endpoint of a service, whatever its health.</summary>
    public Way WayTo(ServiceId service, Endpoint endpoint, EffectivePolicy policy) =>
        service.Mesh == view.Mesh || topology.IsExported(service, view.Mesh)
            ? paths.Find(service.Mesh, endpoint, policy.Gateway, paths.KnownTo(service.Mesh, policy.Gateway)).Way
            : paths.NotExported(service.Mesh);

    /// <summary>All paths of the view into a network, of the shortest kind that is possible.</summary>
    public IEnumerable<GatewayPath> PathsInto(string network) => paths.PathsInto(network);

    /// <summary>
    /// The endpoints that a name of their own means to this view: those of its own cluster, if there are any. In another cluster the same name is another
    /// workload, which does not take over.
    /// </summary>
    public ValueList<Endpoint> Named(ValueList<Endpoint> endpoints, string hostname)
    {
        Endpoint[] all = [.. endpoints.Where(endpoint => endpoint.Hostname == hostname)];
        Endpoint[] own = [.. all.Where(endpoint => endpoint.Cluster == view.Cluster)];
        return (own.Length > 0 ? own : all).ToValueList();
    }

    // Gateways that lead to the same, but are preferred for nothing of it.
    private void AddStandbys(PlanBuilder builder, List<(GatewayPath Path, string Network, string Mesh)> crossed, bool serves)
    {
        foreach ((GatewayPath path, string network, string mesh) in crossed)
        {
            foreach (GatewayPath other in path.Kind == PathKind.OtherMesh ? paths.PathsToMesh(mesh) : paths.PathsInto(network))
            {
                builder.AddStandby(other, serves);
            }
        }
    }

    // Another has the address: with the same port it is the same.
    private bool IsRepeated(Endpoint endpoint, int port, ReadOnlySpan<Endpoint> endpoints, Dictionary<string, List<KnownWay>> known, string mesh, string? gateway)
    {
        foreach (Endpoint earlier in endpoints)
        {
            if (ReferenceEquals(earlier, endpoint))
            {
                return false;
            }
            if (earlier.Address == endpoint.Address && earlier.Declared && port < earlier.Ports.Count && earlier.Ports[port] == endpoint.Ports[port]
                && paths.Find(mesh, earlier, gateway, known).Way.IsDirect)
            {
                return true;
            }
        }
        return false;
    }

    private static bool AreOfOneCluster(ReadOnlySpan<Endpoint> endpoints)
    {
        foreach (Endpoint endpoint in endpoints)
        {
            if (endpoint.Cluster != endpoints[0].Cluster)
            {
                return false;
            }
        }
        return true;
    }

    private static string WhyStale(Endpoint endpoint, EffectivePolicy policy) =>
        $"stale: nothing new is known of cluster {endpoint.Cluster} for more than {policy.StaleLimit} s, and {policy.SetBy.GetValueOrDefault("stale", "a policy")} withdraws it then";

    private static Unreachable Refused(Endpoint endpoint, EffectivePolicy policy) =>
        new(endpoint, $"{policy.SetBy.GetValueOrDefault("then", "a policy")} names where to fail over to, and nothing else");

    private string? WhyNot(Endpoint endpoint, Way way, bool isDirect) =>
        way.WhyNot
        ?? (endpoint.IsLocal && endpoint.Cluster != view.Cluster ? $"cluster {endpoint.Cluster} does not export the service to others"
        : view.IsProxyless && endpoint.IsFunction ? "gRPC clients without a proxy cannot call functions"
        : isDirect && way.Path is not null ? $"the name of a single endpoint is for direct paths only, and this one is behind gateway {way.Path.Last}"
        : null);

    private TierOrder OrderOf(EffectivePolicy policy)
    {
        if (!orders.TryGetValue(policy, out TierOrder? order))
        {
            // Gateways call for others, whose policies have decided already.
            orders[policy] = order = new TierOrder(view.Locality, topology, view.Role.IsGateway() ? EffectivePolicy.Default : policy);
        }
        return order;
    }
}
