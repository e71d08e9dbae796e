using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Grains.Reach;

/// <summary>
/// Round trips between localities, from those to gateways there: smoothed, and in force only once they have differed from what is in force by a margin for a
/// time, so that noise moves no traffic.
/// </summary>
internal sealed class MeasuredCosts
{
    // The share of a new round in the smoothed value.
    private const double Weight = 0.2;
    // Within a zone, shares of a round trip are noise.
    private const double LeastDifference = 0.1;
    private readonly ReachOptions options;
    private readonly Dictionary<(string From, string To), Measurement> measured = [];

    /// <param name="earlier">Those in force from before.</param>
    public MeasuredCosts(ReachOptions options, IEnumerable<PairCost> earlier)
    {
        this.options = options;
        foreach (PairCost pair in earlier)
        {
            measured[(pair.From, pair.To)] = new Measurement { InForce = pair.RoundTripMs };
        }
    }

    /// <summary>Those in force, in the order of their places.</summary>
    public ValueList<PairCost> InForce => measured.Where(pair => pair.Value.InForce is not null)
        .OrderBy(pair => pair.Key.From, StringComparer.Ordinal).ThenBy(pair => pair.Key.To, StringComparer.Ordinal)
        .Select(pair => new PairCost(pair.Key.From, pair.Key.To, pair.Value.InForce, null)).ToValueList();

    /// <summary>The name of a place in a matrix of costs, <c>region/zone</c> or <c>region</c>; null: it is not known.</summary>
    public static string? PlaceOf(Locality locality) => locality.Region.Length == 0 ? null : (locality with { SubZone = "" }).ToString();

    /// <summary>Takes a round trip.</summary>
    /// <param name="milliseconds">The shortest of the round: what was longer had to wait for something.</param>
    /// <param name="now">By a clock that only goes forward.</param>
    public void Hear(string from, string to, double milliseconds, TimeSpan now)
    {
        if (!measured.TryGetValue((from, to), out Measurement? pair))
        {
            measured[(from, to)] = pair = new Measurement();
        }
        pair.Smoothed = pair.Smoothed is { } before ? before + (Weight * (milliseconds - before)) : milliseconds;
        if (pair.InForce is { } inForce && Math.Abs(pair.Smoothed.Value - inForce) <= Math.Max(LeastDifference, inForce * options.CostMargin))
        {
            pair.DiffersSince = null;
            return;
        }
        pair.DiffersSince ??= now;
        if (now - pair.DiffersSince >= options.CostHold)
        {
            pair.InForce = Math.Max(0.01, Math.Round(pair.Smoothed.Value, 2));
            pair.DiffersSince = null;
        }
    }

    /// <summary>Forgets the ways to places where no gateway stands any longer.</summary>
    public void Keep(IReadOnlySet<string> places)
    {
        foreach ((string From, string To) gone in measured.Keys.Where(pair => !places.Contains(pair.To)).ToArray())
        {
            measured.Remove(gone);
        }
    }

    private sealed class Measurement
    {
        public double? Smoothed { get; set; }

        public double? InForce { get; set; }

        public TimeSpan? DiffersSince { get; set; }
    }
}
