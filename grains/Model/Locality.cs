namespace ControlPlane.Model;

/// <summary>Where something runs: region, zone and sub-zone, as Envoy has them. An empty part is unknown.</summary>
[GenerateSerializer, Immutable, Alias("cp.Locality")]
public sealed record Locality(
    [property: Id(0)] string Region = "",
    [property: Id(1)] string Zone = "",
    [property: Id(2)] string SubZone = "") : IComparable<Locality>
{
    /// <summary>Nothing is known.</summary>
    public static Locality Unknown { get; } = new();

    /// <summary>Written <c>region/zone/sub-zone</c>, without empty parts at the end.</summary>
    public override string ToString() =>
        SubZone.Length > 0 ? $"{Region}/{Zone}/{SubZone}" : Zone.Length > 0 ? $"{Region}/{Zone}" : Region;

    /// <summary>Takes what <paramref name="fallback"/> knows for each part that this one does not.</summary>
    public Locality Or(Locality fallback) =>
        new(Region.Length > 0 ? Region : fallback.Region, Zone.Length > 0 ? Zone : fallback.Zone, SubZone.Length > 0 ? SubZone : fallback.SubZone);

    /// <summary>
    /// What it is for a workload of a cluster that is there: what is not said is the cluster's, but a zone or sub-zone of the cluster means nothing in
    /// another region or zone.
    /// </summary>
    public Locality Within(Locality cluster) =>
        Region.Length > 0 && Region != cluster.Region ? this
        : Zone.Length > 0 && Zone != cluster.Zone ? this with { Region = cluster.Region }
        : Or(cluster);

    // Localities are keys of the busiest look-ups there are, and few instances stand for many endpoints.
    [NonSerialized]
    private int hash;

    public bool Equals(Locality? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Region == other.Region && Zone == other.Zone && SubZone == other.SubZone);

    public override int GetHashCode()
    {
        if (hash == 0)
        {
            int value = HashCode.Combine(Region, Zone, SubZone);
            hash = value == 0 ? 1 : value;
        }
        return hash;
    }

    public int CompareTo(Locality? other)
    {
        int result = string.CompareOrdinal(Region, other?.Region);
        result = result != 0 ? result : string.CompareOrdinal(Zone, other?.Zone);
        return result != 0 ? result : string.CompareOrdinal(SubZone, other?.SubZone);
    }

    public static bool operator <(Locality left, Locality right) => left.CompareTo(right) < 0;

    public static bool operator >(Locality left, Locality right) => left.CompareTo(right) > 0;

    public static bool operator <=(Locality left, Locality right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Locality left, Locality right) => left.CompareTo(right) >= 0;
}
