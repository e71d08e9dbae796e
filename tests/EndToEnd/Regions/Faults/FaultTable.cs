using System.Globalization;
using System.Text;

namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>Faults by kind, and how long it took until all was as it should be.</summary>
internal sealed class FaultTable
{
    private readonly SortedDictionary<FaultKind, (int Times, TimeSpan Worst)> kinds = [];

    public IReadOnlyList<RegionFault> Last { get; private set; } = [];

    /// <summary>Those that have ended well.</summary>
    public int Rounds { get; private set; }

    public void Begin(IReadOnlyList<RegionFault> round) => Last = round;

    public void End(TimeSpan toConverge)
    {
        Rounds++;
        foreach (RegionFault fault in Last)
        {
            (int times, TimeSpan worst) = kinds.GetValueOrDefault(fault.Kind);
            kinds[fault.Kind] = (times + 1, toConverge > worst ? toConverge : worst);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{"fault",-20} {"times",6}  worst time to converge, of rounds that had it");
        foreach ((FaultKind kind, (int times, TimeSpan worst)) in kinds)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{kind,-20} {times,6}  {worst.TotalSeconds:0.0} s");
        }
        return text.Append(CultureInfo.InvariantCulture, $"{Rounds} rounds, {kinds.Values.Sum(kind => kind.Times)} faults, worst {kinds.Values.Select(kind => kind.Worst).DefaultIfEmpty().Max().TotalSeconds:0.0} s").ToString();
    }
}
