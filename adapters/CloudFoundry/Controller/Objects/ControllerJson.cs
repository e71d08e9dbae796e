using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.CloudFoundry.Controller.Objects;

// The generated code sets every init-only property, with null where the JSON has nothing: defaults need setters.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RootObject))]
[JsonSerializable(typeof(TokenObject))]
[JsonSerializable(typeof(Page<OrganizationObject>))]
[JsonSerializable(typeof(Page<SpaceObject>))]
[JsonSerializable(typeof(Page<AppObject>))]
[JsonSerializable(typeof(Page<ProcessObject>))]
[JsonSerializable(typeof(Page<RouteObject>))]
[JsonSerializable(typeof(ProcessStats))]
internal sealed partial class ControllerJson : JsonSerializerContext;
