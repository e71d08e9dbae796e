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
}

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
