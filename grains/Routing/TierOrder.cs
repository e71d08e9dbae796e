using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>In which order one caller goes to localities, by one policy.</summary>
internal sealed class TierOrder
{
    private readonly Dictionary<Locality, RankedPlace?> places = [];
    private readonly Dictionary<(Locality Locality, string Cluster), RankedPlace?> placesOfClusters = [];
    private readonly Dictionary<(Locality Locality, TierRank Rank), RankedPlace> ranked = [];
    private readonly bool dependsOnCluster;
    private bool isSorted;
    private readonly Locality caller;
    private readonly Topology topology;
    private readonly EffectivePolicy policy;
    private readonly Distribution? distribution;

    public TierOrder(Locality caller, Topology topology, EffectivePolicy policy)
    {
        this.caller = caller;
        this.topology = topology;
        this.policy = policy;
        // The most specific counts: its zone, its region, everywhere.
        distribution = policy.Distribute.Where(item => item.From == "*" || Covers(item.From, caller)).MaxBy(item => item.From == "*" ? 0 : item.From.Length);
        dependsOnCluster = policy.Failover.Any(tier => !tier.Clusters.IsEmpty);
    }

    /// <summary>Null: the policy lets nobody call it.</summary>
    public RankedPlace? PlaceOf(Locality locality, string cluster)
    {
        RankedPlace? place;
        if (dependsOnCluster)
        {
            if (!placesOfClusters.TryGetValue((locality, cluster), out place))
            {
                placesOfClusters[(locality, cluster)] = place = Rank(locality, cluster) is { } rank ? PlaceAt(locality, rank) : null;
            }
        }
        else if (!places.TryGetValue(locality, out place))
        {
            places[locality] = place = Rank(locality, "") is { } rank ? PlaceAt(locality, rank) : null;
        }
        return place;
    }

    /// <summary>How many places were asked for.</summary>
    public int Positions => ranked.Count;

    /// <summary>A locality with a rank that it does not have by itself.</summary>
    public RankedPlace PlaceAt(Locality locality, TierRank rank)
    {
        if (!ranked.TryGetValue((locality, rank), out RankedPlace? place))
        {
            ranked[(locality, rank)] = place = new RankedPlace(locality, rank, rank.Ring == TierRing.Distributed ? ShareOf(locality) : null);
            isSorted = false;
        }
        return place;
    }

    /// <summary>Numbers all places that were asked for, in the order in which they are called.</summary>
    public void Sort()
    {
        if (!isSorted)
        {
            int position = 0;
            foreach (RankedPlace place in ranked.Values.OrderBy(place => place.Rank).ThenBy(place => place.Locality))
            {
                place.Position = position++;
            }
            isSorted = true;
        }
    }

    private TierRank? Rank(Locality locality, string cluster)
    {
        if (ShareOf(locality) is not null)
        {
            return new TierRank(TierRing.Distributed);
        }
        if (OwnRank(locality) is { } own)
        {
            return own;
        }
        for (int i = 0; i < policy.Failover.Count; i++)
        {
            FailoverTier tier = policy.Failover[i];
            if (tier.Regions.Contains(locality.Region) || tier.Zones.Contains(ZoneOf(locality)) || tier.Clusters.Contains(cluster))
            {
                return new TierRank(TierRing.Listed, i);
            }
        }
        return policy is { Failover.IsEmpty: false, Then: FailoverThen.None } ? null
            : caller.Region.Length == 0 ? new TierRank(TierRing.Region)
            : caller.Region == locality.Region ? new TierRank(TierRing.Region)
            : new TierRank(TierRing.Elsewhere, 0, topology.CostBetween(caller, locality), locality.Region);
    }

    /// <summary>The share that the policy gives to a locality; null: none.</summary>
    public DistributionShare? ShareOf(Locality locality) =>
        distribution?.To.Where(share => Covers(share.Place, locality)).MaxBy(share => share.Place.Length);

    private TierRank? OwnRank(Locality locality)
    {
        if (policy.Strategy == TrafficStrategy.SpreadAny)
        {
            return new TierRank(TierRing.Own);
        }
        // A caller that does not know where it is has nothing that is near.
        if (caller.Region.Length == 0 || caller.Region != locality.Region)
        {
            return null;
        }
        if (policy.Strategy == TrafficStrategy.SpreadRegion)
        {
            return new TierRank(TierRing.Own);
        }
        if (caller.Zone.Length == 0 || caller.Zone != locality.Zone)
        {
            return null;
        }
        return new TierRank(caller.SubZone.Length > 0 && caller.SubZone == locality.SubZone ? TierRing.SubZone : TierRing.Own);
    }

    private static bool Covers(string place, Locality locality) => place == locality.Region || place == ZoneOf(locality);

    private static string ZoneOf(Locality locality) => $"{locality.Region}/{locality.Zone}";
}

/// <summary>A locality with its rank. There is one for each in an order, so that they are compared once and not for every service.</summary>
internal sealed class RankedPlace(Locality locality, TierRank rank, DistributionShare? share)
{
    public Locality Locality => locality;

    public TierRank Rank => rank;

    public DistributionShare? Share => share;

    /// <summary>After <see cref="TierOrder.Sort"/>: the nearer, the lower.</summary>
    public int Position { get; set; }

    /// <summary>The last plan that it is in, and where: of the builder that makes it.</summary>
    public int Plan { get; set; }

    public int Index { get; set; }
}
