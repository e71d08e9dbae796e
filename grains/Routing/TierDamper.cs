using System.Collections.Immutable;

namespace ControlPlane.Routing;

/// <summary>
/// Keeps load away from a tier that has just recovered until it has stayed so for a while: a zone that flaps takes no requests with it each time.
/// A tier that loses health loses load at once, and nothing is held back that the others could not carry. One for each service's port and view.
/// </summary>
/// <remarks>What it keeps is of this process: after a start every tier counts as it is.</remarks>
public sealed class TierDamper
{
    private Dictionary<string, Held> tiers = [];

    /// <param name="hold">For how long a tier has to stay recovered.</param>
    /// <param name="now">Since any moment, but always the same.</param>
    /// <param name="due">When something that is held back now may be given back; null: nothing is.</param>
    public RoutePlan Apply(RoutePlan plan, TimeSpan hold, TimeSpan now, int overprovisioning, out TimeSpan? due)
    {
        due = null;
        var next = new Dictionary<string, Held>(plan.Tiers.Length);
        ImmutableArray<TierSize>.Builder sizes = ImmutableArray.CreateBuilder<TierSize>(plan.Tiers.Length);
        bool isHeld = false;
        foreach (Tier tier in plan.Tiers)
        {
            TierSize size = tier.Size(plan.DrainingServes);
            double share = size.Declared == 0 ? 0 : (double)size.Healthy / size.Declared;
            string key = $"{tier.Ring} {string.Join(' ', tier.Localities.Select(locality => locality.Locality))}";
            Held held = tiers.TryGetValue(key, out Held before) ? before.Next(share, hold, now) : new Held(share, share, now);
            next[key] = held;
            bool isBack = held.Served >= share;
            sizes.Add(isBack ? size : size with { Healthy = (int)Math.Floor(held.Served * size.Declared) });
            if (!isBack)
            {
                isHeld = true;
                TimeSpan end = held.RisenAt + hold;
                due = due is null || end < due ? end : due;
            }
        }
        tiers = next;
        return isHeld && CanCarry(sizes, overprovisioning) ? plan with { Held = sizes.ToImmutable() } : plan;
    }

    private static bool CanCarry(IEnumerable<TierSize> sizes, int overprovisioning) =>
        sizes.Where(size => size.Declared > 0).Sum(size => Math.Min(100L, (long)overprovisioning * size.Healthy / size.Declared)) >= 100;

    /// <param name="Served">The healthy share that it is given load for.</param>
    /// <param name="Seen">The healthy share when it was looked at last.</param>
    /// <param name="RisenAt">Since when it has been better than what is served, without falling.</param>
    private readonly record struct Held(double Served, double Seen, TimeSpan RisenAt)
    {
        public Held Next(double share, TimeSpan hold, TimeSpan now)
        {
            if (share <= Served)
            {
                return new Held(share, share, now);
            }
            TimeSpan risen = share < Seen || Seen <= Served ? now : RisenAt;
            return now - risen >= hold ? new Held(share, share, now) : new Held(Served, share, risen);
        }
    }
}
