namespace ControlPlane.Model.Configuration;

/// <summary>A registry to be watched.</summary>
[GenerateSerializer, Immutable, Alias("cp.Source")]
public sealed record Source : ConfigObject
{
    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "Source";

    /// <summary>What kind of registry it is: <c>consul</c>, <c>http</c>.</summary>
    [Id(0)]
    public required string Type { get; init; }

    /// <summary>The <see cref="Configuration.Cluster"/> object's name of what it reports, where the registry does not say it.</summary>
    [Id(1)]
    public required string Cluster { get; init; }

    /// <summary>What its kind of registry is told, as JSON. Secrets are never in it, only the files where they are.</summary>
    [Id(2)]
    public string Settings { get; init; } = "{}";

    [Id(3)]
    public SourceMapping Mapping { get; init; } = SourceMapping.Default;

    /// <summary>Seconds between two readings, for registries that have to be asked; null: as the kind of registry has it.</summary>
    [Id(4)]
    public int? RefreshSeconds { get; init; }

    /// <summary>The percentage of its endpoints (0 to 100) that may vanish in one reading without being read again; null: as the control plane is told.</summary>
    [Id(5)]
    public int? MaxRemovalPercent { get; init; }

    /// <summary>The source's name: <c>consul/dc1</c>.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string SourceName => $"{Type}/{Name}";
}

/// <summary>How names of a registry become services. Texts are templates: <c>{tag.app}-{tag.tier|web}</c>.</summary>
[GenerateSerializer, Immutable, Alias("cp.SourceMapping")]
public sealed record SourceMapping
{
    public static SourceMapping Default { get; } = new();

    [Id(0)]
    public string Service { get; init; } = "{service}";

    [Id(1)]
    public string Namespace { get; init; } = "{namespace|default}";

    /// <summary>The port that callers use; null: as the registry says, 80 for HTTP, the instance's own otherwise.</summary>
    [Id(2)]
    public int? Port { get; init; }

    /// <summary>What is spoken where neither the registry nor the port's name says it.</summary>
    [Id(3)]
    public Protocol? Protocol { get; init; }

    /// <summary>What an instance must have to be taken, by attribute; a value may be <c>*</c>.</summary>
    [Id(4)]
    public ValueList<Label> Select { get; init; }
}
