using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>How a view reaches a port of a service: tiers without gaps, nearest first.</summary>
/// <param name="DrainingServes">Nothing is healthy, but something drains: it does serve, and is sent as healthy.</param>
public sealed record RoutePlan(ImmutableArray<Tier> Tiers, ImmutableArray<Unreachable> Unreachable, bool DrainingServes)
{
    public static RoutePlan Empty { get; } = new([], [], false);

    /// <summary>
    /// Whether those who called have decided already which tier is to be called: the first that serves gets all, or load would spill over twice.
    /// </summary>
    public bool IsDecided { get; init; }

    /// <summary>The sizes that tiers are given load for, where some have not stayed recovered for long enough. Default: they count as they are.</summary>
    public ImmutableArray<TierSize> Held { get; init; }

    /// <summary>Whether a policy says what share each place gets: then shares are computed here, not by Envoy.</summary>
    public bool IsDistributed => Tiers is [{ IsDistributed: true }, ..];

    /// <summary>
    /// Whether Envoy's own count of hosts would give other shares than these: a gateway is one host for many, and a policy's shares are of no host.
    /// </summary>
    public bool IsComputed(int overprovisioning)
    {
        if (IsDistributed || !Held.IsDefault)
        {
            return true;
        }
        if (!HasGateways)
        {
            return false;
        }
        ImmutableArray<int> loads = Loads(overprovisioning);
        return Tiers.Zip(loads).Any(tier => tier.Second > 0 && tier.First.HasGateways);
    }

    /// <summary>Whether anything is reached through a gateway.</summary>
    public bool HasGateways => Tiers.Any(tier => tier.HasGateways);

    /// <summary>The percentage of the load that each tier gets, by Envoy's own arithmetic.</summary>
    public ImmutableArray<int> Loads(int overprovisioning)
    {
        ImmutableArray<TierSize> sizes = Held.IsDefault ? [.. Tiers.Select(tier => tier.Size(DrainingServes))] : Held;
        if (!IsDecided)
        {
            return SpillOver.Loads(sizes.AsSpan(), overprovisioning);
        }
        int first = sizes.ToList().FindIndex(size => size.Healthy > 0);
        return [.. sizes.Select((_, index) => index == first ? 100 : 0)];
    }
}

/// <summary>Localities that are equally near.</summary>
/// <param name="Ring">Why they are where they are in the order of tiers.</param>
public sealed record Tier(ImmutableArray<TierLocality> Localities, TierRing Ring = TierRing.Own)
{
    /// <summary>Whether a policy says what share each place gets.</summary>
    public bool IsDistributed => Localities is [{ Share: not null }, ..];

    public bool HasGateways => Localities.Any(locality => !locality.Gateways.IsEmpty);

    /// <summary>
    /// How many endpoints are healthy of how many declared. Draining ones are in neither, nor is a place that has a share and nothing healthy: its share
    /// goes to the others.
    /// </summary>
    public TierSize Size(bool drainingServes)
    {
        int healthy = 0;
        int declared = 0;
        foreach (TierLocality locality in Localities)
        {
            if (locality.Share is null || HealthyWeightOf(locality.Share, drainingServes) > 0)
            {
                TierSize size = locality.Size(drainingServes);
                healthy += size.Healthy;
                declared += size.Declared;
            }
        }
        return new TierSize(healthy, declared);
    }

    /// <summary>What part of the tier's load each locality gets, from 0 to 1, by the weights of what is healthy, and the policy's shares.</summary>
    public ImmutableArray<double> Parts(bool drainingServes)
    {
        long[] weights = [.. Localities.Select(locality => locality.HealthyWeight(drainingServes))];
        if (!IsDistributed)
        {
            double all = weights.Sum();
            return [.. weights.Select(weight => weight == 0 ? 0 : weight / all)];
        }
        Dictionary<DistributionShare, long> serving = Localities.Zip(weights, (locality, weight) => (Share: locality.Share!, Weight: weight))
            .GroupBy(item => item.Share).ToDictionary(place => place.Key, place => place.Sum(item => item.Weight));
        int percent = serving.Where(place => place.Value > 0).Sum(place => place.Key.Percent);
        return [.. Localities.Zip(weights, (locality, weight) => weight == 0 ? 0 : (double)locality.Share!.Percent / percent * weight / serving[locality.Share])];
    }

    private long HealthyWeightOf(DistributionShare share, bool drainingServes) =>
        Localities.Where(locality => locality.Share == share).Sum(locality => locality.HealthyWeight(drainingServes));
}

public readonly record struct TierSize(int Healthy, int Declared)
{
    /// <summary>How many endpoints are healthy of how many declared. Draining ones are in neither.</summary>
    public static TierSize Of(ReadOnlySpan<Endpoint> endpoints, bool drainingServes)
    {
        int healthy = 0;
        int declared = 0;
        foreach (Endpoint endpoint in endpoints)
        {
            bool drains = endpoint.Health == Health.Draining;
            declared += drains && !drainingServes ? 0 : 1;
            healthy += TierLocality.Serves(endpoint.Health, drainingServes) ? 1 : 0;
        }
        return new TierSize(healthy, declared);
    }

    public static TierSize operator +(TierSize left, TierSize right) => new(left.Healthy + right.Healthy, left.Declared + right.Declared);
}

/// <summary>What is called in one locality of a tier.</summary>
/// <param name="Weight">The sum of the weights of its endpoints, and of those that its gateways stand for, at least 1.</param>
/// <param name="Endpoints">Those that are called directly.</param>
/// <param name="Share">What a policy gives to it, alone or together with others of the same place; null: its weight decides.</param>
public sealed record TierLocality(Locality Locality, long Weight, ImmutableArray<Endpoint> Endpoints, DistributionShare? Share = null)
{
    /// <summary>Gateways that stand for endpoints; the place is the farthest that the way to those touches.</summary>
    public ImmutableArray<GatewayTarget> Gateways { get; init; } = [];

    /// <summary>How many endpoints are healthy of how many declared, those behind gateways among them. Draining ones are in neither.</summary>
    public TierSize Size(bool drainingServes)
    {
        TierSize size = TierSize.Of(Endpoints.AsSpan(), drainingServes);
        foreach (GatewayTarget gateway in Gateways)
        {
            size += gateway.Size(drainingServes);
        }
        return size;
    }

    /// <summary>The sum of the weights of those that take requests.</summary>
    public long HealthyWeight(bool drainingServes)
    {
        long weight = HealthyWeight(Endpoints.AsSpan(), drainingServes);
        foreach (GatewayTarget gateway in Gateways)
        {
            weight += gateway.HealthyWeight(drainingServes);
        }
        return weight;
    }

    internal static long HealthyWeight(ReadOnlySpan<Endpoint> endpoints, bool drainingServes)
    {
        long weight = 0;
        foreach (Endpoint endpoint in endpoints)
        {
            weight += Serves(endpoint.Health, drainingServes) ? endpoint.Weight : 0;
        }
        return weight;
    }

    /// <summary>Whether an endpoint of such health takes requests.</summary>
    public static bool Serves(Health health, bool drainingServes) =>
        health is Health.Healthy or Health.Unknown || (health == Health.Draining && drainingServes);
}

/// <summary>An endpoint that the view cannot reach, and why.</summary>
public sealed record Unreachable(Endpoint Endpoint, string Reason);
