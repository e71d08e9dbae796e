using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>In which order one caller goes to localities, by one policy.</summary>
internal sealed class TierOrder
{
    private readonly Dictionary<(Locality Locality, string Cluster), TierRank?> ranks = [];
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
        DependsOnCluster = policy.Failover.Any(tier => !tier.Clusters.IsEmpty);
    }

    /// <summary>Whether localities are not all that counts.</summary>
    public bool DependsOnCluster { get; }

    /// <summary>Null: the policy lets nobody call it.</summary>
    /// <param name="cluster">Where <see cref="DependsOnCluster"/>; else empty.</param>
    public TierRank? RankOf(Locality locality, string cluster)
    {
        if (!ranks.TryGetValue((locality, cluster), out TierRank? rank))
        {
            ranks[(locality, cluster)] = rank = Rank(locality, cluster);
        }
        return rank;
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
