using System.Text.Json;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Reads JSON, as the Kubernetes API sends it, into nodes.</summary>
public static class JsonNodes
{
    public static ConfigNode Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new MappingNode(0, [.. element.EnumerateObject().Select(field => new MappingNode.Field(field.Name, 0, Read(field.Value)))]),
        JsonValueKind.Array => new SequenceNode(0, [.. element.EnumerateArray().Select(Read)]),
        JsonValueKind.String => new ScalarNode(0, element.GetString()!, ScalarType.Text),
        JsonValueKind.Number => new ScalarNode(0, element.GetRawText(), ScalarType.Number),
        JsonValueKind.True => new ScalarNode(0, "true", ScalarType.Boolean),
        JsonValueKind.False => new ScalarNode(0, "false", ScalarType.Boolean),
        _ => new ScalarNode(0, "", ScalarType.Null),
    };
}
