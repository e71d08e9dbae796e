using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>Puts what a view calls into tiers: endpoints, and the gateways that stand for others.</summary>
/// <remarks>One for a router: what it is made of is used again for the next plan.</remarks>
internal sealed class PlanBuilder(RoutingView view, Topology topology)
{
    private readonly List<Group> groups = [];
    private readonly Stack<Group> spare = [];
    private readonly ImmutableArray<Tier>.Builder tiers = ImmutableArray.CreateBuilder<Tier>();
    private Group?[] byPosition = [];
    private TierOrder order = null!;
    private int margin;
    private int plan;
    private List<Carrier>? carriers;

    public void Begin(TierOrder tierOrder, int tierMargin)
    {
        (order, margin, carriers) = (tierOrder, tierMargin, null);
        Recycle();
        plan++;
    }

    /// <summary>An endpoint that is called directly.</summary>
    /// <returns>Whether the policy lets it be called.</returns>
    public bool Add(Endpoint endpoint, KnownWay way, Placing placing)
    {
        RankedPlace? place = RankOf(placing) is { } rank ? order.PlaceAt(endpoint.Locality, rank) : way.PlaceIn(order, endpoint.Cluster);
        if (place is null)
        {
            return false;
        }
        groups[IndexOf(place)].Add(endpoint);
        return true;
    }

    private static TierRank? RankOf(Placing placing) => placing switch
    {
        Placing.StandsFor => new TierRank(TierRing.StandsFor),
        Placing.HintedHere => new TierRank(TierRing.Own),
        Placing.HintedElsewhere => new TierRank(TierRing.Region),
        Placing.Stale => new TierRank(TierRing.Stale),
        _ => null,
    };

    /// <summary>An endpoint that is called through gateways: it counts at the first of them.</summary>
    public void Add(Endpoint endpoint, Way way)
    {
        carriers ??= [];
        Carrier? carrier = carriers.Find(other => other.Gateway == way.Path!.First);
        if (carrier is null)
        {
            carriers.Add(carrier = new Carrier(way.Path!.First));
        }
        carrier.StandsFor |= way.StandsFor;
        carrier.Add(endpoint, way.Path!);
    }

    /// <summary>A gateway that no endpoint counts at.</summary>
    public void AddStandby(GatewayPath path, bool serves)
    {
        carriers ??= [];
        if (!carriers.Exists(carrier => carrier.Gateway == path.First))
        {
            carriers.Add(new Carrier(path.First) { Standby = new GatewayTarget(path, []) { StandsBy = serves } });
        }
    }

    /// <param name="refused">Endpoints that the policy does not let be called.</param>
    public ImmutableArray<Tier> Build(Action<Endpoint> refused)
    {
        foreach (Carrier carrier in carriers ?? [])
        {
            Place(carrier, refused);
        }
        if (carriers is null && !topology.HasCosts)
        {
            order.Sort();
            SortByPosition();
        }
        else
        {
            NameRegionsCosts();
            groups.Sort();
        }
        tiers.Clear();
        for (int i = 0; i < groups.Count;)
        {
            int end = i + 1;
            TierRing ring = groups[i].Rank.Ring;
            while (end < groups.Count && IsOneTier(groups[i].Rank, groups[end].Rank))
            {
                end++;
            }
            var localities = new TierLocality[end - i];
            for (int index = 0; i < end; i++)
            {
                localities[index++] = groups[i].ToLocality();
            }
            tiers.Add(new Tier(ImmutableCollectionsMarshal.AsImmutableArray(localities), ring));
        }
        Recycle();
        return tiers.ToImmutable();
    }

    // Positions are known: where most of them are taken, putting each in its own is cheaper than comparing.
    private void SortByPosition()
    {
        if (groups.Count < order.Positions / 8)
        {
            groups.Sort(static (one, other) => one.Place.Position.CompareTo(other.Place.Position));
            return;
        }
        if (byPosition.Length < order.Positions)
        {
            byPosition = new Group?[order.Positions];
        }
        foreach (Group group in groups)
        {
            byPosition[group.Place.Position] = group;
        }
        groups.Clear();
        foreach (ref Group? group in byPosition.AsSpan(0, order.Positions))
        {
            if (group is not null)
            {
                groups.Add(group);
                group = null;
            }
        }
    }

    // At the farthest place that the way touches, so that a gateway far away never looks near because an endpoint behind it is.
    private void Place(Carrier carrier, Action<Endpoint> refused)
    {
        if (carrier.Standby is { } standby)
        {
            groups[IndexOf(order.PlaceAt(standby.Path.Last.Locality, new TierRank(TierRing.Standby, 0, standby.Path.Cost, carrier.Gateway.Name)))].Add(standby);
            return;
        }
        GatewayTarget target = carrier.ToTarget();
        Locality behind = carrier.MostOf();
        Locality place = behind;
        foreach (TopologyGateway hop in target.Path.Hops)
        {
            place = topology.CostBetween(view.Locality, hop.Locality) > topology.CostBetween(view.Locality, place) ? hop.Locality : place;
        }
        string cluster = target.Endpoints.First(endpoint => endpoint.Locality == behind).Cluster;
        TierRank? rank = carrier.StandsFor ? new TierRank(TierRing.StandsFor) : order.PlaceOf(place, cluster)?.Rank;
        if (rank is not { } found)
        {
            foreach (Endpoint endpoint in target.Endpoints)
            {
                refused(endpoint);
            }
            return;
        }
        groups[IndexOf(order.PlaceAt(place, found.Ring == TierRing.Elsewhere ? found with { Cost = target.Path.Cost } : found))].Add(target);
    }

    // A region is as far as the cheapest way to it.
    private void NameRegionsCosts()
    {
        foreach (IGrouping<string, Group> region in groups.Where(group => group.Rank.Ring == TierRing.Elsewhere).GroupBy(group => group.Rank.Region).Where(region => region.Count() > 1))
        {
            Cost cheapest = region.Min(group => group.Rank.Cost);
            foreach (Group group in region)
            {
                group.Rank = group.Rank with { Cost = cheapest };
            }
        }
        // What was told apart by its cost alone is one place again.
        for (int i = 0; carriers is not null && i < groups.Count; i++)
        {
            for (int other = groups.Count - 1; other > i; other--)
            {
                if (groups[other].Locality == groups[i].Locality && groups[other].Rank == groups[i].Rank)
                {
                    groups[i].AddAll(groups[other]);
                    groups.RemoveAt(other);
                }
            }
        }
    }

    private void Recycle()
    {
        foreach (Group group in groups)
        {
            group.End();
            spare.Push(group);
        }
        groups.Clear();
    }

    private bool IsOneTier(TierRank nearest, TierRank other) =>
        other == nearest
        || (margin > 0 && nearest.Ring == TierRing.Elsewhere && other.Ring == TierRing.Elsewhere
            && other.Cost.RoundTrip <= nearest.Cost.RoundTrip * (100 + margin) / 100);

    // A locality is in a tier once.
    private int IndexOf(RankedPlace place)
    {
        if (place.Plan != plan)
        {
            (place.Plan, place.Index) = (plan, groups.Count);
            Group group = spare.TryPop(out Group? used) ? used : new Group();
            group.Begin(place);
            groups.Add(group);
        }
        return place.Index;
    }

    /// <summary>A gateway, and what counts at it.</summary>
    private sealed class Carrier(TopologyGateway gateway)
    {
        private readonly ImmutableArray<Endpoint>.Builder endpoints = ImmutableArray.CreateBuilder<Endpoint>();
        private readonly Dictionary<Locality, (GatewayPath Path, long Weight)> places = [];

        public TopologyGateway Gateway => gateway;

        /// <summary>Of any of it.</summary>
        public bool StandsFor { get; set; }

        public GatewayTarget? Standby { get; init; }

        public void Add(Endpoint endpoint, GatewayPath path)
        {
            endpoints.Add(endpoint);
            places[endpoint.Locality] = (path, places.GetValueOrDefault(endpoint.Locality).Weight + endpoint.Weight);
        }

        /// <summary>Where most of it is, by weight, then by name.</summary>
        public Locality MostOf() => places.OrderByDescending(place => place.Value.Weight).ThenBy(place => place.Key).First().Key;

        public GatewayTarget ToTarget() => new(places[MostOf()].Path, endpoints.DrainToImmutable());
    }

    private sealed class Group : IComparable<Group>
    {
        // Often there is one.
        private Endpoint? first;
        private ImmutableArray<Endpoint>.Builder? more;
        private ImmutableArray<GatewayTarget> gateways = [];
        private long weight;

        public RankedPlace Place { get; private set; } = null!;

        public Locality Locality => Place.Locality;

        public TierRank Rank { get; set; }

        public void Begin(RankedPlace place) => (Place, Rank) = (place, place.Rank);

        /// <summary>It is empty.</summary>
        public void End() => (first, more, gateways, weight) = (null, null, [], 0);

        public void Add(Endpoint endpoint)
        {
            weight += endpoint.Weight;
            if (first is null)
            {
                first = endpoint;
                return;
            }
            if (more is null)
            {
                more = ImmutableArray.CreateBuilder<Endpoint>();
                more.Add(first);
            }
            more.Add(endpoint);
        }

        public void Add(GatewayTarget gateway)
        {
            gateways = gateways.Add(gateway);
            weight += gateway.Weight;
        }

        public void AddAll(Group other)
        {
            foreach (Endpoint endpoint in other.Endpoints)
            {
                Add(endpoint);
            }
            foreach (GatewayTarget gateway in other.gateways)
            {
                Add(gateway);
            }
        }

        public TierLocality ToLocality() => new(Place.Locality, Math.Max(1, weight), Endpoints, Place.Share) { Gateways = gateways };

        private ImmutableArray<Endpoint> Endpoints => more is not null ? more.ToImmutable() : first is null ? [] : [first];

        public int CompareTo(Group? other)
        {
            int result = Rank.CompareTo(other!.Rank);
            return result != 0 ? result : Locality.CompareTo(other.Locality);
        }
    }
}
