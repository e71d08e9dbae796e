namespace ControlPlane.Model.Configuration;

/// <summary>A named place where workloads run. (An Envoy cluster, CDS, is something else.)</summary>
[GenerateSerializer, Immutable, Alias("cp.Cluster")]
public sealed record Cluster : ConfigObject
{
    /// <summary>What a cluster is in when nothing is said.</summary>
    public const string DefaultMesh = "default";

    /// <summary>What a cluster is in when nothing is said.</summary>
    public const string DefaultNetwork = "default";

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "Cluster";

    /// <summary><c>kubernetes</c>, <c>vm</c>, <c>ecs</c>, ...: for people.</summary>
    [Id(0)]
    public string Platform { get; init; } = "";

    [Id(1)]
    public string Network { get; init; } = DefaultNetwork;

    [Id(2)]
    public string Mesh { get; init; } = DefaultMesh;

    /// <summary>Where its workloads are when they do not say it themselves.</summary>
    [Id(3)]
    public Locality Locality { get; init; } = Locality.Unknown;
}
