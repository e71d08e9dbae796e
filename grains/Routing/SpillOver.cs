using System.Collections.Immutable;

namespace ControlPlane.Routing;

/// <summary>
/// How load spills from tier to tier as health falls: the formula of Envoy's priority levels, with its integer arithmetic
/// (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority).
/// </summary>
public static class SpillOver
{
    /// <summary>The percentage of the load of each tier. The sum is 100, or 0 when nothing is healthy.</summary>
    /// <param name="overprovisioning">Percent: 140 lets a tier lose 28.6 % of its health before it spills.</param>
    public static ImmutableArray<int> Loads(ReadOnlySpan<TierSize> tiers, int overprovisioning)
    {
        Span<int> capacities = stackalloc int[tiers.Length <= 128 ? tiers.Length : 0];
        capacities = tiers.Length <= 128 ? capacities : new int[tiers.Length];
        int total = 0;
        for (int i = 0; i < tiers.Length; i++)
        {
            TierSize tier = tiers[i];
            capacities[i] = tier.Declared == 0 ? 0 : (int)Math.Min(100, (long)overprovisioning * tier.Healthy / tier.Declared);
            total = Math.Min(100, total + capacities[i]);
        }
        int[] loads = new int[tiers.Length];
        if (total == 0)
        {
            return [.. loads];
        }
        int left = 100;
        int first = -1;
        for (int i = 0; i < loads.Length; i++)
        {
            if (capacities[i] > 0 && first < 0)
            {
                first = i;
            }
            loads[i] = Math.Min(left, capacities[i] * 100 / total);
            left -= loads[i];
        }
        // What truncation leaves goes to the first tier that has anything.
        loads[first] += left;
        return [.. loads];
    }
}
