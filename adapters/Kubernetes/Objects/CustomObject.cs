using System.Text.Json;
using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>An object of a custom kind, whole: it is decoded strictly later.</summary>
[JsonConverter(typeof(CustomObjectConverter))]
internal sealed record CustomObject(ObjectMeta Metadata, JsonElement Whole) : IKubernetesObject;

internal sealed class CustomObjectConverter : JsonConverter<CustomObject>
{
    public override CustomObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        JsonElement whole = JsonElement.ParseValue(ref reader);
        ObjectMeta? metadata = whole.ValueKind == JsonValueKind.Object && whole.TryGetProperty("metadata", out JsonElement value)
            ? value.Deserialize(KubernetesJson.Default.ObjectMeta)
            : null;
        return new CustomObject(metadata ?? new ObjectMeta(), whole);
    }

    public override void Write(Utf8JsonWriter writer, CustomObject value, JsonSerializerOptions options) => value.Whole.WriteTo(writer);
}
