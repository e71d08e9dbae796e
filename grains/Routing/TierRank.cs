namespace ControlPlane.Routing;

/// <summary>The place of a locality in the order of tiers for a caller. Localities with equal ranks share a tier.</summary>
/// <param name="Ring">The nearer, the lower.</param>
/// <param name="Index">Of the policy's own list, in the ring of what it lists.</param>
/// <param name="Cost">Of the cheapest path to the region, where rings are equal and far.</param>
/// <param name="Region">Tells regions of the same cost apart.</param>
internal readonly record struct TierRank(TierRing Ring, int Index = 0, Cost Cost = default, string Region = "") : IComparable<TierRank>
{
    public int CompareTo(TierRank other)
    {
        int result = Ring.CompareTo(other.Ring);
        result = result != 0 ? result : Index.CompareTo(other.Index);
        result = result != 0 ? result : Cost.CompareTo(other.Cost);
        return result != 0 ? result : string.CompareOrdinal(Region, other.Region);
    }
}
