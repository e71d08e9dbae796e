using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>What calls between localities cost: as declared, else as measured, else by default. The most specific pair of places wins.</summary>
internal sealed class CostTable
{
    private readonly Dictionary<(string From, string To), PairCost> declared = [];
    private readonly Dictionary<(string From, string To), PairCost> measured = [];
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(Locality From, Locality To), Cost> known = [];

    /// <param name="declared">In the order of their objects' names: of two entries for one pair the first counts.</param>
    public CostTable(IEnumerable<PairCost> declared, IEnumerable<PairCost> measured)
    {
        Add(declared, this.declared);
        Add(measured, this.measured);
    }

    /// <summary>Whether all costs are the default ones, which depend on regions and on whether zones are the same alone.</summary>
    public bool IsDefault => declared.Count == 0 && measured.Count == 0;

    public Cost Between(Locality from, Locality to) =>
        IsDefault ? Default(from, to) : known.GetOrAdd((from, to), pair => Find(pair.From, pair.To));

    private static void Add(IEnumerable<PairCost> pairs, Dictionary<(string From, string To), PairCost> table)
    {
        foreach (PairCost pair in pairs)
        {
            table.TryAdd((pair.From, pair.To), pair);
        }
    }

    private Cost Find(Locality from, Locality to)
    {
        double? roundTrip = null;
        double? price = null;
        foreach (PairCost pair in Pairs(declared, from, to).Concat(Pairs(measured, from, to)))
        {
            roundTrip ??= pair.RoundTripMs;
            price ??= pair.PricePerGb;
        }
        Cost fallback = Default(from, to);
        return new Cost(roundTrip ?? fallback.RoundTrip, price ?? fallback.Price);
    }

    // Zones before regions; a direction of its own before the other way round.
    private static IEnumerable<PairCost> Pairs(Dictionary<(string From, string To), PairCost> table, Locality from, Locality to)
    {
        string[] starts = from.Zone.Length > 0 ? [$"{from.Region}/{from.Zone}", from.Region] : [from.Region];
        string[] ends = to.Zone.Length > 0 ? [$"{to.Region}/{to.Zone}", to.Region] : [to.Region];
        foreach ((string start, string end) in starts.SelectMany(start => ends.Select(end => (start, end))))
        {
            // What is said of regions is said of the way between them, not of what is within one.
            if (start == end && from.Zone != to.Zone)
            {
                continue;
            }
            if (table.TryGetValue((start, end), out PairCost? pair) || table.TryGetValue((end, start), out pair))
            {
                yield return pair;
            }
        }
    }

    private static Cost Default(Locality from, Locality to) =>
        from.Region != to.Region ? Cost.OtherRegion
        : from.Zone == to.Zone ? Cost.SameZone
        : Cost.SameRegion;
}
