using System.Collections.Frozen;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>Where things are and what reaches what.</summary>
public sealed class Topology
{
    private readonly FrozenDictionary<string, Cluster> clusters;
    private readonly FrozenSet<(string, string)> links;

    public Topology(IEnumerable<Cluster> clusters, IEnumerable<Network> networks)
    {
        this.clusters = clusters.ToFrozenDictionary(cluster => cluster.Name, StringComparer.Ordinal);
        links = networks.SelectMany(network => network.Links.Select(to => (network.Name, to))).ToFrozenSet();
    }

    public Cluster? Find(string cluster) => clusters.GetValueOrDefault(cluster);

    /// <summary>The network of a cluster. One that nobody has declared is in the default network.</summary>
    public string NetworkOf(string cluster) => Find(cluster)?.Network ?? Cluster.DefaultNetwork;

    /// <summary>Whether addresses of the second network are directly routable from the first.</summary>
    public bool IsLinked(string from, string to) => from == to || links.Contains((from, to));

    /// <summary>What a call from one locality to another costs.</summary>
    public static Cost CostBetween(Locality from, Locality to) =>
        from.Region != to.Region ? Cost.OtherRegion
        : from.Zone == to.Zone ? Cost.SameZone
        : Cost.SameRegion;
}

/// <summary>The cost of a path.</summary>
/// <param name="RoundTrip">Milliseconds.</param>
/// <param name="Price">US dollars a gigabyte.</param>
public readonly record struct Cost(double RoundTrip, double Price) : IComparable<Cost>
{
    public static Cost SameZone { get; } = new(0.5, 0);

    public static Cost SameRegion { get; } = new(1, 0.01);

    public static Cost OtherRegion { get; } = new(60, 0.02);

    /// <summary>Round-trip time first, then price.</summary>
    public int CompareTo(Cost other)
    {
        int result = RoundTrip.CompareTo(other.RoundTrip);
        return result != 0 ? result : Price.CompareTo(other.Price);
    }

    public static bool operator <(Cost left, Cost right) => left.CompareTo(right) < 0;

    public static bool operator >(Cost left, Cost right) => left.CompareTo(right) > 0;

    public static bool operator <=(Cost left, Cost right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Cost left, Cost right) => left.CompareTo(right) >= 0;
}
