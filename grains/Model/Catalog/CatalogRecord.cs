using System.Text.Json.Serialization;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Model.Catalog;

/// <summary>An entry of the catalog's log: the newest word of one author.</summary>
[GenerateSerializer, Immutable, Alias("cp.CatalogRecord")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "record")]
[JsonDerivedType(typeof(ServiceRecord), "service")]
[JsonDerivedType(typeof(SourceRecord), "source")]
[JsonDerivedType(typeof(ConfigRecord), "config")]
[JsonDerivedType(typeof(ReachRecord), "reach")]
public abstract record CatalogRecord
{
    [Id(0)]
    public required RecordVersion Version { get; init; }

    /// <summary>Unique in the whole catalog.</summary>
    [JsonIgnore]
    public abstract string Key { get; }

    /// <summary>The thing is gone; the record stays for a while so that older words about it are refused.</summary>
    [Id(1)]
    public bool Deleted { get; init; }
}

/// <summary>A service, merged from what all sources say of it.</summary>
[GenerateSerializer, Immutable, Alias("cp.ServiceRecord")]
public sealed record ServiceRecord : CatalogRecord
{
    [JsonIgnore]
    public override string Key => KeyOf(Service);

    [Id(0)]
    public required ServiceId Service { get; init; }

    [Id(1)]
    public ValueList<ServicePort> Ports { get; init; }

    /// <summary>Their ports are in the order of <see cref="Ports"/>.</summary>
    [Id(2)]
    public ValueList<Endpoint> Endpoints { get; init; }

    [Id(3)]
    public ValueList<Label> Labels { get; init; }

    /// <summary>Which sources it is made from, in the order of their names.</summary>
    [Id(4)]
    public ValueList<PartVersion> Parts { get; init; }

    /// <summary>What the sources do not agree on, in words.</summary>
    [Id(5)]
    public ValueList<string> Conflicts { get; init; }

    /// <summary>The service is a host name that proxies resolve by themselves. Empty: it is its endpoints.</summary>
    [Id(6)]
    public string ExternalName { get; init => field = value ?? ""; } = "";

    /// <summary>Whether it is shared in a set of clusters, and has that set's host names, too.</summary>
    [Id(7)]
    public bool IsExported { get; init; }

    /// <inheritdoc cref="ServicePart.Distribution"/>
    [Id(8)]
    public TrafficDistribution? Distribution { get; init; }

    public static string KeyOf(ServiceId service) => $"service:{service}";
}

/// <summary>A source's part in a service, and where it is written.</summary>
[GenerateSerializer, Immutable, Alias("cp.PartVersion")]
public sealed record PartVersion(
    [property: Id(0)] string Source,
    [property: Id(1)] RecordVersion Version,
    [property: Id(2)] string Origin);

/// <summary>A source and its state. Changes of it change no service.</summary>
[GenerateSerializer, Immutable, Alias("cp.SourceRecord")]
public sealed record SourceRecord : CatalogRecord
{
    [JsonIgnore]
    public override string Key => KeyOf(Source);

    [Id(0)]
    public required string Source { get; init; }

    [Id(1)]
    public SourceState State { get; init; }

    /// <summary>Why it is stale.</summary>
    [Id(2)]
    public string Reason { get; init; } = "";

    /// <summary>Since when it has been in this state, by the wall clock of the silo that saw it: for people.</summary>
    [Id(3)]
    public DateTimeOffset Since { get; init; }

    /// <summary>
    /// Whether it has ever given a full picture that is still known: if not, that it does not name a service says nothing.
    /// </summary>
    [Id(4)]
    public bool HasPicture { get; init; }

    [Id(5)]
    public string Holder { get; init; } = "";

    [Id(6)]
    public long Epoch { get; init; }

    [Id(7)]
    public ValueList<Problem> Problems { get; init; }

    [Id(8)]
    public ValueList<ClusterShare> Clusters { get; init; }

    /// <summary>Of a source that is not live: when what it says was last known to be right, by the wall clock of the silo that watched it. Null: never, or live.</summary>
    [Id(9)]
    public DateTimeOffset? LastGood { get; init; }

    public static string KeyOf(string source) => $"source:{source}";
}

/// <summary>How much a source reports in a cluster.</summary>
[GenerateSerializer, Immutable, Alias("cp.ClusterShare")]
public sealed record ClusterShare(
    [property: Id(0)] string Cluster,
    [property: Id(1)] int Services,
    [property: Id(2)] int Endpoints);

/// <summary>The accepted configuration, all sources together.</summary>
[GenerateSerializer, Immutable, Alias("cp.ConfigRecord")]
public sealed record ConfigRecord : CatalogRecord
{
    public const string TheKey = "config";

    [JsonIgnore]
    public override string Key => TheKey;

    /// <summary>A hash of the objects.</summary>
    [Id(0)]
    public string Revision { get; init; } = "";

    [Id(1)]
    public ValueList<ConfigObject> Objects { get; init; }

    /// <summary>What is wrong between sources: an object that two of them have.</summary>
    [Id(2)]
    public ValueList<Problem> Problems { get; init; }
}
