using System.Text.Json.Serialization;

namespace ControlPlane.Model.Configuration;

/// <summary>
/// How traffic to services is spread. The most specific policy wins, field by field: of a service, of its namespace, of its mesh.
/// A field that is null is not set here.
/// </summary>
[GenerateSerializer, Immutable, Alias("cp.TrafficPolicy")]
public sealed record TrafficPolicy : ConfigObject
{
    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "TrafficPolicy";

    /// <summary>The mesh it is for; null: every mesh.</summary>
    [Id(0)]
    public string? Mesh { get; init; }

    /// <summary>The service in the policy's own namespace that it is for; null: the whole namespace, or where the policy has none, the mesh.</summary>
    [Id(1)]
    public string? Service { get; init; }

    [Id(2)]
    public TrafficStrategy? Strategy { get; init; }

    /// <summary>
    /// The percentage (100 to 1000) a tier's healthy share is multiplied by to give its capacity: with 140, the default, a tier begins to spill
    /// when fewer than 71.4 % of it are healthy. Envoy's overprovisioning factor.
    /// </summary>
    [Id(3)]
    public int? Overprovisioning { get; init; }

    /// <summary>Percentage (0 to 100) of healthy hosts under which health is ignored. Default 0: failing over is the point.</summary>
    [Id(4)]
    public int? PanicThreshold { get; init; }

    /// <summary>Retries of a failed request (0 to 10). Default 2.</summary>
    [Id(5)]
    public int? Retries { get; init; }

    /// <summary>Where traffic goes, in this order, when the caller's own place fails. Empty: not set.</summary>
    [Id(6)]
    public ValueList<FailoverTier> Failover { get; init; }

    /// <summary>What comes after the places of <see cref="Failover"/>.</summary>
    [Id(7)]
    public FailoverThen? Then { get; init; }

    /// <summary>How callers share their requests among places. Empty: not set.</summary>
    [Id(8)]
    public ValueList<Distribution> Distribute { get; init; }

    /// <summary>Percentage (0 to 1000) by which the round trip to another region may be longer than that to the nearest of its tier. Default 0: each is a tier.</summary>
    [Id(9)]
    public int? TierMargin { get; init; }

    /// <summary>
    /// The <see cref="RegionGateway"/> that all calls go through, although a shorter path may exist: an east-west gateway of the endpoints' network.
    /// Null: not set.
    /// </summary>
    [Id(10)]
    public string? Gateway { get; init; }

    /// <summary>Seconds after which the endpoints of a source that is stale count as such. Null: not set, which means never.</summary>
    [Id(11)]
    public int? StaleLimit { get; init; }

    /// <summary>What becomes of endpoints that are stale.</summary>
    [Id(12)]
    public StaleAction? Stale { get; init; }

    /// <summary>Seconds (0 to 3600) for which a tier that has recovered has to stay so before it gets its load back. Default 0: at once.</summary>
    [Id(13)]
    public int? Hold { get; init; }

    /// <summary>Parts of the service's endpoints that have names of their own. Only of a policy for one service. Empty: not set.</summary>
    [Id(14)]
    public ValueList<Subset> Subsets { get; init; }

    /// <summary>Whether it is for a service.</summary>
    public bool Covers(ServiceId service) =>
        (Mesh is null || Mesh == service.Mesh) && (Namespace.Length == 0 || Namespace == service.Namespace) && (Service is null || Service == service.Name);
}

/// <summary>What becomes of endpoints whose source has been stale for too long.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StaleAction>))]
public enum StaleAction
{
    /// <summary>They are called after all others.</summary>
    Lower,

    /// <summary>They are not called.</summary>
    Withdraw,
}

/// <summary>The endpoints of a service that have all of the labels. It is called <c>NAME.SERVICE.NAMESPACE</c>.</summary>
/// <param name="Name">A DNS label.</param>
[GenerateSerializer, Immutable, Alias("cp.Subset")]
public sealed record Subset([property: Id(0)] string Name, [property: Id(1)] ValueList<Label> Labels)
{
    /// <summary>Whether an endpoint is one of them.</summary>
    public bool Selects(Endpoint endpoint) => Labels.All(label => endpoint.Labels.Contains(label));
}

/// <summary>Places that share a tier.</summary>
/// <param name="Regions">Names of regions.</param>
/// <param name="Zones">Written <c>region/zone</c>.</param>
/// <param name="Clusters">Names of <see cref="Cluster"/> objects.</param>
[GenerateSerializer, Immutable, Alias("cp.FailoverTier")]
public sealed record FailoverTier(
    [property: Id(0)] ValueList<string> Regions,
    [property: Id(1)] ValueList<string> Zones,
    [property: Id(2)] ValueList<string> Clusters);

/// <summary>What comes after the places that a policy lists.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FailoverThen>))]
public enum FailoverThen
{
    /// <summary>All others, nearest first.</summary>
    Nearest,

    /// <summary>Nothing: others are not called.</summary>
    None,
}

/// <summary>How callers of a place share their requests.</summary>
/// <param name="From"><c>region/zone</c>, <c>region</c>, or <c>*</c>.</param>
/// <param name="To">Together 100 percent.</param>
[GenerateSerializer, Immutable, Alias("cp.Distribution")]
public sealed record Distribution([property: Id(0)] string From, [property: Id(1)] ValueList<DistributionShare> To);

/// <param name="Place"><c>region/zone</c> or <c>region</c>.</param>
/// <param name="Percent">1 to 100.</param>
[GenerateSerializer, Immutable, Alias("cp.DistributionShare")]
public sealed record DistributionShare([property: Id(0)] string Place, [property: Id(1)] int Percent);

/// <summary>Which localities share a tier.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TrafficStrategy>))]
public enum TrafficStrategy
{
    /// <summary>The caller's zone, then its region, then other regions, cheapest first.</summary>
    Nearest,

    /// <summary>One tier for all zones of the caller's region, then other regions.</summary>
    SpreadRegion,

    /// <summary>One tier for everything.</summary>
    SpreadAny,
}
