namespace ControlPlane.Routing;

/// <summary>The cost of a path.</summary>
/// <param name="RoundTrip">Milliseconds.</param>
/// <param name="Price">US dollars a gigabyte.</param>
public readonly record struct Cost(double RoundTrip, double Price) : IComparable<Cost>
{
    public static Cost SameZone { get; } = new(0.5, 0);

    public static Cost SameRegion { get; } = new(1, 0.01);

    public static Cost OtherRegion { get; } = new(60, 0.02);

    /// <summary>What each gateway on the way adds.</summary>
    public static Cost Hop { get; } = new(1, 0);

    /// <summary>Round-trip time first, then price.</summary>
    public int CompareTo(Cost other)
    {
        int result = RoundTrip.CompareTo(other.RoundTrip);
        return result != 0 ? result : Price.CompareTo(other.Price);
    }

    public static Cost operator +(Cost left, Cost right) => new(left.RoundTrip + right.RoundTrip, left.Price + right.Price);

    public static bool operator <(Cost left, Cost right) => left.CompareTo(right) < 0;

    public static bool operator >(Cost left, Cost right) => left.CompareTo(right) > 0;

    public static bool operator <=(Cost left, Cost right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Cost left, Cost right) => left.CompareTo(right) >= 0;
}
