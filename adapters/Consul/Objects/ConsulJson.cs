using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Consul.Objects;

// The generated code sets every init-only property, with null where the JSON has nothing: defaults need setters.
[JsonSourceGenerationOptions]
[JsonSerializable(typeof(Dictionary<string, string[]?>))]
[JsonSerializable(typeof(HealthEntry[]))]
[JsonSerializable(typeof(Nothing[]))]
internal sealed partial class ConsulJson : JsonSerializerContext;
