using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>The policy of a service, after precedence: of the service, its namespace, its mesh, the default; field by field.</summary>
public sealed record EffectivePolicy
{
    public static EffectivePolicy Default { get; } = new();

    [JsonPropertyName("spread")]
    public TrafficStrategy Strategy { get; init; } = TrafficStrategy.Nearest;

    /// <inheritdoc cref="TrafficPolicy.Overprovisioning"/>
    public int Overprovisioning { get; init; } = 140;

    /// <inheritdoc cref="TrafficPolicy.PanicThreshold"/>
    public int PanicThreshold { get; init; }

    /// <inheritdoc cref="TrafficPolicy.Retries"/>
    public int Retries { get; init; } = 2;

    /// <inheritdoc cref="TrafficPolicy.Failover"/>
    public ValueList<FailoverTier> Failover { get; init; }

    /// <inheritdoc cref="TrafficPolicy.Then"/>
    public FailoverThen Then { get; init; } = FailoverThen.Nearest;

    /// <inheritdoc cref="TrafficPolicy.Distribute"/>
    public ValueList<Distribution> Distribute { get; init; }

    /// <inheritdoc cref="TrafficPolicy.TierMargin"/>
    public int TierMargin { get; init; }

    /// <inheritdoc cref="TrafficPolicy.Gateway"/>
    public string? Gateway { get; init; }

    /// <inheritdoc cref="TrafficPolicy.StaleLimit"/>
    public int? StaleLimit { get; init; }

    /// <inheritdoc cref="TrafficPolicy.Stale"/>
    public StaleAction Stale { get; init; } = StaleAction.Lower;

    /// <inheritdoc cref="TrafficPolicy.Hold"/>
    public int Hold { get; init; }

    /// <inheritdoc cref="TrafficPolicy.Subsets"/>
    public ValueList<Subset> Subsets { get; init; }

    /// <summary>Which object set each field that is not the default's.</summary>
    public ImmutableSortedDictionary<string, string> SetBy { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Applies every policy that is for the service, the most specific last; of two equally specific ones the first by name wins.</summary>
    public static EffectivePolicy Of(ServiceId service, IEnumerable<TrafficPolicy> policies)
    {
        EffectivePolicy effective = Default;
        foreach (TrafficPolicy policy in policies.Where(policy => policy.Covers(service)).OrderBy(Specificity).ThenByDescending(policy => policy.Reference, StringComparer.Ordinal))
        {
            effective = effective.With(policy);
        }
        return effective;
    }

    private static int Specificity(TrafficPolicy policy) =>
        (policy.Service is not null ? 4 : 0) + (policy.Namespace.Length > 0 ? 2 : 0) + (policy.Mesh is not null ? 1 : 0);

    private EffectivePolicy With(TrafficPolicy policy)
    {
        ImmutableSortedDictionary<string, string>.Builder setBy = SetBy.ToBuilder();
        T Field<T>(string name, T? value, T fallback) where T : struct
        {
            if (value is null)
            {
                return fallback;
            }
            setBy[name] = policy.Reference;
            return value.Value;
        }
        ValueList<T> Items<T>(string name, ValueList<T> value, ValueList<T> fallback)
        {
            if (value.IsEmpty)
            {
                return fallback;
            }
            setBy[name] = policy.Reference;
            return value;
        }
        string? Text(string name, string? value, string? fallback)
        {
            if (value is null)
            {
                return fallback;
            }
            setBy[name] = policy.Reference;
            return value;
        }
        return this with
        {
            Gateway = Text("gateway", policy.Gateway, Gateway),
            StaleLimit = policy.StaleLimit is null ? StaleLimit : Field("staleLimit", policy.StaleLimit, 0),
            Stale = Field("stale", policy.Stale, Stale),
            Hold = Field("hold", policy.Hold, Hold),
            Subsets = Items("subsets", policy.Subsets, Subsets),
            Failover = Items("failover", policy.Failover, Failover),
            Then = Field("then", policy.Then, Then),
            Distribute = Items("distribute", policy.Distribute, Distribute),
            TierMargin = Field("tierMargin", policy.TierMargin, TierMargin),
            Strategy = Field("spread", policy.Strategy, Strategy),
            Overprovisioning = Field("overprovisioning", policy.Overprovisioning, Overprovisioning),
            PanicThreshold = Field("panicThreshold", policy.PanicThreshold, PanicThreshold),
            Retries = Field("retries", policy.Retries, Retries),
            SetBy = setBy.ToImmutable(),
        };
    }
}
