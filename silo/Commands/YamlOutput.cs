using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ControlPlane.Silo.Commands;

/// <summary>JSON as YAML.</summary>
internal static class YamlOutput
{
    public static string Write(JsonNode node)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart());
        Write(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Write(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject mapping:
                emitter.Emit(new MappingStart());
                foreach ((string name, JsonNode? value) in mapping)
                {
                    emitter.Emit(new Scalar(name));
                    Write(emitter, value);
                }
                emitter.Emit(new MappingEnd());
                break;
            case JsonArray sequence:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (JsonNode? value in sequence)
                {
                    Write(emitter, value);
                }
                emitter.Emit(new SequenceEnd());
                break;
            default:
                // Texts that would be read as something else are quoted.
                bool isText = node?.GetValueKind() == JsonValueKind.String;
                string scalar = node is null ? "null" : isText ? node.GetValue<string>() : node.ToJsonString();
                bool isAmbiguous = isText && (scalar.Length == 0 || !char.IsLetter(scalar[0]) || scalar is "true" or "false" or "null" or "yes" or "no" or "on" or "off");
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, scalar, isAmbiguous ? ScalarStyle.DoubleQuoted : ScalarStyle.Any, true, true));
                break;
        }
    }
}
