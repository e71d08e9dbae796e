using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.CloudMap;

/// <summary>Requests of all operations that are used: each takes its own fields.</summary>
internal sealed record CloudMapRequest
{
    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }

    public string? ServiceId { get; init; }

    public IReadOnlyList<CloudMapFilter>? Filters { get; init; }
}

internal sealed record CloudMapFilter(string Name, IReadOnlyList<string> Values, string Condition = "EQ");

internal sealed record NamespacePage(IReadOnlyList<CloudMapNamespace>? Namespaces, string? NextToken);

internal sealed record CloudMapNamespace(string Id, string Name);

internal sealed record ServicePage(IReadOnlyList<CloudMapService>? Services, string? NextToken);

/// <param name="HealthCheckConfig">Route 53 checks it.</param>
/// <param name="HealthCheckCustomConfig">Somebody says its health.</param>
internal sealed record CloudMapService(string Id, string Name, HealthCheck? HealthCheckConfig, HealthCheck? HealthCheckCustomConfig);

internal sealed record HealthCheck;

internal sealed record InstancePage(IReadOnlyList<CloudMapInstance>? Instances, string? NextToken);

internal sealed record CloudMapInstance(string Id, IReadOnlyDictionary<string, string>? Attributes);

internal sealed record HealthPage(IReadOnlyDictionary<string, string>? Status, string? NextToken);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CloudMapRequest))]
[JsonSerializable(typeof(NamespacePage))]
[JsonSerializable(typeof(ServicePage))]
[JsonSerializable(typeof(InstancePage))]
[JsonSerializable(typeof(HealthPage))]
internal sealed partial class CloudMapJson : JsonSerializerContext;
