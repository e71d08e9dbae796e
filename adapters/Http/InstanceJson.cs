using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Http;

/// <summary>The JSON that a source's server writes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(InstanceDocument))]
[JsonSerializable(typeof(InstanceLine))]
internal sealed partial class InstanceJson : JsonSerializerContext;

/// <summary>All instances there are.</summary>
internal sealed record InstanceDocument
{
    public required List<InstanceObject> Instances { get; set; }
}

/// <summary>One line of a stream.</summary>
internal sealed record InstanceLine
{
    /// <summary><c>begin</c>, <c>put</c>, <c>remove</c> or <c>complete</c>.</summary>
    public required string Type { get; set; }

    public InstanceObject? Instance { get; set; }

    /// <summary>Of the instance that is gone.</summary>
    public string? Id { get; set; }
}

internal sealed record InstanceObject
{
    public required string Id { get; set; }

    public required string Address { get; set; }

    public string? Service { get; set; }

    public string? Namespace { get; set; }

    public List<PortObject>? Ports { get; set; }

    public string? Health { get; set; }

    public int? Weight { get; set; }

    public LocalityObject? Locality { get; set; }

    public string? Cluster { get; set; }

    public string? Identity { get; set; }

    public Dictionary<string, string>? Attributes { get; set; }
}

internal sealed record PortObject
{
    public required int Port { get; set; }

    public string? Name { get; set; }

    public string? Protocol { get; set; }

    public int? ServicePort { get; set; }
}

internal sealed record LocalityObject
{
    public string? Region { get; set; }

    public string? Zone { get; set; }

    public string? SubZone { get; set; }
}
