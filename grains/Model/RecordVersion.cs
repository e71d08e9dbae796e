namespace ControlPlane.Model;

/// <summary>
/// Orders what one author says. Compared generation first, then epoch, then counter; a receiver keeps the highest it saw and refuses lower ones,
/// so that of two activations of one author only the newer is heard.
/// </summary>
/// <param name="Generation">Of the region: raised by a restore or a start from nothing.</param>
/// <param name="Epoch">Taken by a conditional write when a lease or an incarnation is taken.</param>
/// <param name="Counter">In memory: rises with each change.</param>
[GenerateSerializer, Immutable, Alias("cp.RecordVersion")]
public readonly record struct RecordVersion(
    [property: Id(0)] long Generation,
    [property: Id(1)] long Epoch,
    [property: Id(2)] long Counter) : IComparable<RecordVersion>
{
    public int CompareTo(RecordVersion other)
    {
        int result = Generation.CompareTo(other.Generation);
        result = result != 0 ? result : Epoch.CompareTo(other.Epoch);
        return result != 0 ? result : Counter.CompareTo(other.Counter);
    }

    public override string ToString() => $"{Generation}.{Epoch}.{Counter}";

    public static bool operator <(RecordVersion left, RecordVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(RecordVersion left, RecordVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(RecordVersion left, RecordVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RecordVersion left, RecordVersion right) => left.CompareTo(right) >= 0;
}
