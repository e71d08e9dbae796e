using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ControlPlane.Adapters.Aws.Protocols;

internal static class JsonAnswer
{
    /// <exception cref="JsonException">It is not what was asked for.</exception>
    public static TAnswer Read<TAnswer>(ReadOnlyMemory<byte> body, JsonTypeInfo<TAnswer> type) =>
        JsonSerializer.Deserialize(body.Span, type) ?? throw new JsonException("it is null");
}
