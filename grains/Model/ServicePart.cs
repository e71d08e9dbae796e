namespace ControlPlane.Model;

/// <summary>What one source says of one service: its whole state there.</summary>
[GenerateSerializer, Immutable, Alias("cp.ServicePart")]
public sealed record ServicePart
{
    [Id(0)]
    public required ServiceId Service { get; init; }

    [Id(1)]
    public ValueList<ServicePort> Ports { get; init; }

    [Id(2)]
    public ValueList<Endpoint> Endpoints { get; init; }

    /// <summary>Labels of the service, in the order of their names.</summary>
    [Id(3)]
    public ValueList<Label> Labels { get; init; }

    /// <summary>Where the source has it, for people: <c>file.yaml:12</c>, <c>Service shop/web</c>.</summary>
    [Id(4)]
    public string Origin { get; init; } = "";

    /// <summary>The service is a host name that proxies resolve by themselves, and has no endpoints. Empty: it is not.</summary>
    [Id(5)]
    public string ExternalName { get; init => field = value ?? ""; } = "";

    /// <summary>Whether it is shared in a set of clusters (the Multi-Cluster Services API), and has that set's host names, too.</summary>
    [Id(6)]
    public bool IsExported { get; init; }

    /// <summary>How its own registry wants calls to be spread: a policy that says it counts more. Null: nothing is said.</summary>
    [Id(7)]
    public TrafficDistribution? Distribution { get; init; }
}

/// <summary><c>spec.trafficDistribution</c> of a Kubernetes Service.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<TrafficDistribution>))]
public enum TrafficDistribution
{
    /// <summary>The caller's zone first (<c>PreferSameZone</c>, <c>PreferClose</c>).</summary>
    PreferSameZone,

    /// <summary>The caller's node first, then its zone (<c>PreferSameNode</c>).</summary>
    PreferSameNode,
}

[GenerateSerializer, Immutable, Alias("cp.Label")]
public sealed record Label([property: Id(0)] string Name, [property: Id(1)] string Value);
