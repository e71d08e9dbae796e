using System.Globalization;
using System.Text.Json;
using ControlPlane.Adapters.Ecs.Api;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Ecs;

/// <summary>Makes instances of a cluster's tasks.</summary>
/// <param name="hosts">The addresses of machines, by container instance.</param>
internal sealed class TaskReader(
    string region,
    string cluster,
    IReadOnlyDictionary<string, EcsService> services,
    IReadOnlyDictionary<string, TaskDefinition> definitions,
    IReadOnlyDictionary<string, string> hosts)
{
    private const string ServiceGroup = "service:";

    /// <summary>Null: it has no address yet, or no more.</summary>
    public ReadTask? Read(EcsTask task)
    {
        TaskDefinition definition = definitions[task.TaskDefinitionArn];
        string? own = Detail(task, "privateIPv4Address") ?? Detail(task, "privateIPv6Address");
        string? host = task.ContainerInstanceArn is { } machine ? hosts.GetValueOrDefault(machine) : null;
        if ((own ?? host) is not { } address)
        {
            return null;
        }
        string family = task.TaskDefinitionArn[(task.TaskDefinitionArn.LastIndexOf('/') + 1)..].Split(':')[0];
        string serviceName = task.Group?.StartsWith(ServiceGroup, StringComparison.Ordinal) == true ? task.Group[ServiceGroup.Length..] : "";
        EcsService? service = services.GetValueOrDefault(serviceName);
        var instance = new Instance
        {
            Id = task.TaskArn[(task.TaskArn.LastIndexOf('/') + 1)..],
            Service = serviceName.Length > 0 ? serviceName : family,
            Namespace = cluster,
            Address = address,
            Ports = TaskPorts.Read(task, definition, service),
            Attributes = new InstanceAttributes(Attributes(task, service, serviceName, family)),
            Health = HealthOf(task),
            Locality = new Locality(region, task.AvailabilityZone ?? ""),
            Identity = (task.Overrides?.TaskRoleArn ?? definition.TaskRoleArn)?.Split('/')[^1] ?? "",
        };
        return new ReadTask(instance, serviceName, own is not null, Created(task));
    }

    /// <summary>An address that a new task has taken over is not the old one's any more.</summary>
    public static IEnumerable<ReadTask> Single(IEnumerable<ReadTask> tasks) => tasks
        .GroupBy(task => task.IsOwn ? task.Instance.Address : task.Instance.Id)
        .Select(same => same
            .OrderBy(task => task.Instance.Health == Health.Draining)
            .ThenByDescending(task => task.Created, StringComparer.Ordinal).First());

    private static string? Detail(EcsTask task, string name) =>
        (task.Attachments ?? []).SelectMany(attachment => attachment.Details ?? []).FirstOrDefault(detail => detail.Name == name)?.Value is { Length: > 0 } value ? value : null;

    private static Health HealthOf(EcsTask task) => task switch
    {
        { LastStatus: "PROVISIONING" or "PENDING" or "ACTIVATING" } => Health.Unhealthy,
        { DesiredStatus: "STOPPED" } or { LastStatus: not "RUNNING" } => Health.Draining,
        { HealthStatus: "HEALTHY" } => Health.Healthy,
        { HealthStatus: "UNHEALTHY" } => Health.Unhealthy,
        _ => Health.Unknown,
    };

    private static string Created(EcsTask task) => task.CreatedAt switch
    {
        { ValueKind: JsonValueKind.Number } seconds => seconds.GetDouble().ToString("0000000000000.000", CultureInfo.InvariantCulture),
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => "",
    };

    private IEnumerable<KeyValuePair<string, string>> Attributes(EcsTask task, EcsService? service, string serviceName, string family)
    {
        yield return new("ecs.cluster", cluster);
        yield return new("ecs.family", family);
        if (serviceName.Length > 0)
        {
            yield return new("ecs.service", serviceName);
        }
        if (task.LaunchType is { } launch)
        {
            yield return new("ecs.launchType", launch);
        }
        // What stands on the task counts more than what stands on its service.
        foreach (EcsTag tag in (service?.Tags ?? []).Concat(task.Tags ?? []))
        {
            yield return new($"tag.{tag.Key}", tag.Value ?? "");
        }
    }
}
