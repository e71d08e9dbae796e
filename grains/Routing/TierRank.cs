using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>The place of a locality in the order of tiers for a caller. Localities with equal ranks share a tier.</summary>
/// <param name="Ring">0: the caller's sub-zone, 1: its zone, 2: its region, 3: elsewhere.</param>
/// <param name="Cost">Of the path, where rings are equal and far.</param>
/// <param name="Region">Tells regions of the same cost apart.</param>
internal readonly record struct TierRank(int Ring, Cost Cost, string Region) : IComparable<TierRank>
{
    private const int SubZone = 0;
    private const int Zone = 1;
    private const int SameRegion = 2;
    private const int Elsewhere = 3;

    public static TierRank Of(Locality caller, Locality locality, TrafficStrategy strategy)
    {
        // A caller that does not know where it is has nothing that is near.
        if (strategy == TrafficStrategy.SpreadAny || caller.Region.Length == 0)
        {
            return new TierRank(SubZone, default, "");
        }
        if (caller.Region != locality.Region)
        {
            return new TierRank(Elsewhere, Topology.CostBetween(caller, locality), locality.Region);
        }
        if (strategy == TrafficStrategy.SpreadRegion || caller.Zone.Length == 0 || caller.Zone != locality.Zone)
        {
            return new TierRank(SameRegion, default, "");
        }
        return new TierRank(caller.SubZone.Length > 0 && caller.SubZone == locality.SubZone ? SubZone : Zone, default, "");
    }

    public int CompareTo(TierRank other)
    {
        int result = Ring.CompareTo(other.Ring);
        result = result != 0 ? result : Cost.CompareTo(other.Cost);
        return result != 0 ? result : string.CompareOrdinal(Region, other.Region);
    }
}
