using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>
/// Decides for one view how each service is reached. Pure: the same input gives the same plan, whatever was asked before; what it keeps are only
/// look-ups that would give the same again.
/// </summary>
public sealed class ViewRouter(RoutingView view, Topology topology)
{
    private readonly Dictionary<EffectivePolicy, TierOrder> orders = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, bool> reachable = [];
    private readonly Dictionary<(Locality Locality, string Cluster), int> groups = [];

    public RoutingView View => view;

    /// <param name="endpoints">All endpoints of the service.</param>
    /// <param name="port">The index of the port among the service's ports.</param>
    public RoutePlan Plan(ReadOnlySpan<Endpoint> endpoints, int port, EffectivePolicy policy)
    {
        const int NotCalled = -1;
        TierOrder order = OrderOf(policy);
        groups.Clear();
        var members = new List<Group>();
        List<Unreachable>? unreachable = null;
        bool anyHealthy = false;
        bool anyDraining = false;
        foreach (Endpoint endpoint in endpoints)
        {
            if (!endpoint.Declared || port >= endpoint.Ports.Count || endpoint.Ports[port] == 0)
            {
                continue;
            }
            if (WhyNot(endpoint) is { } reason)
            {
                (unreachable ??= []).Add(new Unreachable(endpoint, reason));
                continue;
            }
            string cluster = order.DependsOnCluster ? endpoint.Cluster : "";
            if (!groups.TryGetValue((endpoint.Locality, cluster), out int index))
            {
                TierRank? rank = order.RankOf(endpoint.Locality, cluster);
                index = rank is { } known ? IndexOf(members, endpoint.Locality, known, order) : NotCalled;
                groups[(endpoint.Locality, cluster)] = index;
            }
            if (index == NotCalled)
            {
                (unreachable ??= []).Add(new Unreachable(endpoint, $"{policy.SetBy.GetValueOrDefault("then", "a policy")} names where to fail over to, and nothing else"));
                continue;
            }
            anyHealthy |= endpoint.Health is Health.Healthy or Health.Unknown or Health.Degraded;
            anyDraining |= endpoint.Health == Health.Draining;
            members[index].Add(endpoint);
        }
        members.Sort();
        return new RoutePlan(Tiers(members, policy.TierMargin), unreachable is null ? [] : [.. unreachable], anyDraining && !anyHealthy);
    }

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

    // Two clusters of one locality may be in one tier, where a locality is there once.
    private static int IndexOf(List<Group> members, Locality locality, TierRank rank, TierOrder order)
    {
        int index = order.DependsOnCluster ? members.FindIndex(group => group.Rank == rank && group.Locality == locality) : -1;
        if (index < 0)
        {
            index = members.Count;
            members.Add(new Group(locality, rank, rank.Ring == TierRing.Distributed ? order.ShareOf(locality) : null));
        }
        return index;
    }

    private static ImmutableArray<Tier> Tiers(List<Group> members, int margin)
    {
        ImmutableArray<Tier>.Builder tiers = ImmutableArray.CreateBuilder<Tier>();
        for (int i = 0; i < members.Count;)
        {
            int end = i + 1;
            TierRing ring = members[i].Rank.Ring;
            while (end < members.Count && IsOneTier(members[i].Rank, members[end].Rank, margin))
            {
                end++;
            }
            ImmutableArray<TierLocality>.Builder localities = ImmutableArray.CreateBuilder<TierLocality>(end - i);
            for (; i < end; i++)
            {
                localities.Add(members[i].ToLocality());
            }
            tiers.Add(new Tier(localities.MoveToImmutable(), ring));
        }
        return tiers.DrainToImmutable();
    }

    private static bool IsOneTier(TierRank nearest, TierRank other, int margin) =>
        other == nearest
        || (margin > 0 && nearest.Ring == TierRing.Elsewhere && other.Ring == TierRing.Elsewhere
            && other.Cost.RoundTrip <= nearest.Cost.RoundTrip * (100 + margin) / 100);

    private bool IsReachable(string cluster)
    {
        if (!reachable.TryGetValue(cluster, out bool isLinked))
        {
            reachable[cluster] = isLinked = topology.IsLinked(view.Network, topology.NetworkOf(cluster));
        }
        return isLinked;
    }

    private string? WhyNot(Endpoint endpoint) =>
        !IsReachable(endpoint.Cluster) ? $"network {view.Network} is not linked with {topology.NetworkOf(endpoint.Cluster)}, the network of cluster {endpoint.Cluster}"
        : endpoint.IsLocal && endpoint.Cluster != view.Cluster ? $"cluster {endpoint.Cluster} does not export the service to others"
        : view.IsProxyless && endpoint.IsFunction ? "gRPC clients without a proxy cannot call functions"
        : null;

    private TierOrder OrderOf(EffectivePolicy policy)
    {
        if (!orders.TryGetValue(policy, out TierOrder? order))
        {
            orders[policy] = order = new TierOrder(view.Locality, policy);
        }
        return order;
    }

    private sealed class Group(Locality locality, TierRank rank, DistributionShare? share) : IComparable<Group>
    {
        private readonly ImmutableArray<Endpoint>.Builder endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        private long weight;

        public TierRank Rank => rank;

        public void Add(Endpoint endpoint)
        {
            endpoints.Add(endpoint);
            weight += endpoint.Weight;
        }

        public TierLocality ToLocality() => new(locality, Math.Max(1, weight), endpoints.DrainToImmutable(), share);

        public int CompareTo(Group? other)
        {
            int result = rank.CompareTo(other!.Rank);
            return result != 0 ? result : locality.CompareTo(other.Locality);
        }

        public Locality Locality => locality;
    }
}
