using System.Buffers;
using System.Globalization;
using System.Text;
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

    /// <summary>Writes nodes as JSON, in the order they have.</summary>
    public static string Write(ConfigNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, node);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, ConfigNode node)
    {
        switch (node)
        {
            case MappingNode mapping:
                writer.WriteStartObject();
                foreach (MappingNode.Field field in mapping.Fields)
                {
                    writer.WritePropertyName(field.Name);
                    Write(writer, field.Value);
                }
                writer.WriteEndObject();
                break;
            case SequenceNode list:
                writer.WriteStartArray();
                foreach (ConfigNode item in list.Items)
                {
                    Write(writer, item);
                }
                writer.WriteEndArray();
                break;
            case ScalarNode { Type: ScalarType.Text, Text: var text }:
                writer.WriteStringValue(text);
                break;
            case ScalarNode { Type: ScalarType.Boolean, Text: var text }:
                writer.WriteBooleanValue(text == "true");
                break;
            case ScalarNode { Type: ScalarType.Number, Text: var text } when double.TryParse(text, CultureInfo.InvariantCulture, out double number):
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
