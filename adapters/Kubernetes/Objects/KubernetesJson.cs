using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Kubernetes.Objects;

// The generated code sets every init-only property, with null where the JSON has nothing: defaults need setters.
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ObjectMeta))]
[JsonSerializable(typeof(StatusObject))]
[JsonSerializable(typeof(WatchEvent<StatusObject>))]
[JsonSerializable(typeof(ListPage<ServiceObject>))]
[JsonSerializable(typeof(WatchEvent<ServiceObject>))]
[JsonSerializable(typeof(ListPage<EndpointSliceObject>))]
[JsonSerializable(typeof(WatchEvent<EndpointSliceObject>))]
[JsonSerializable(typeof(ListPage<ServiceExportObject>))]
[JsonSerializable(typeof(WatchEvent<ServiceExportObject>))]
[JsonSerializable(typeof(ListPage<ServiceImportObject>))]
[JsonSerializable(typeof(WatchEvent<ServiceImportObject>))]
[JsonSerializable(typeof(ListPage<PodObject>))]
[JsonSerializable(typeof(WatchEvent<PodObject>))]
[JsonSerializable(typeof(ListPage<NodeObject>))]
[JsonSerializable(typeof(WatchEvent<NodeObject>))]
[JsonSerializable(typeof(ListPage<NamespaceObject>))]
[JsonSerializable(typeof(WatchEvent<NamespaceObject>))]
[JsonSerializable(typeof(ListPage<SecretObject>))]
[JsonSerializable(typeof(WatchEvent<SecretObject>))]
[JsonSerializable(typeof(ListPage<CustomObject>))]
[JsonSerializable(typeof(WatchEvent<CustomObject>))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
