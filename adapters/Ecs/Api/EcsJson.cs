using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Ecs.Api;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EcsRequest))]
[JsonSerializable(typeof(ArnPage))]
[JsonSerializable(typeof(TaskList))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(ContainerInstanceList))]
[JsonSerializable(typeof(TaskDefinitionAnswer))]
internal sealed partial class EcsJson : JsonSerializerContext;
