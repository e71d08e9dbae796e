using ControlPlane.Adapters.Ecs.Api;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Ecs;

/// <summary>The tasks of ECS clusters, one group a cluster.</summary>
/// <param name="api">Disposed of with this.</param>
internal sealed class EcsRegistry(EcsSettings settings, EcsApi api, TimeSpan rest, TimeProvider time) : PolledRegistry(rest, time), IDisposable
{
    // A revision of a task definition never changes. Those that no task has any more are forgotten with the next reading.
    private Dictionary<string, TaskDefinition> definitions = [];

    public void Dispose() => api.Dispose();

    protected override async Task<RegistryReading> ReadAsync(CancellationToken cancellationToken)
    {
        IEnumerable<string> clusters = settings.Clusters.IsEmpty ? await api.ClustersAsync(cancellationToken) : settings.Clusters;
        var used = new Dictionary<string, TaskDefinition>(StringComparer.Ordinal);
        var groups = new Dictionary<string, ValueList<Instance>>(StringComparer.Ordinal);
        foreach (string cluster in clusters)
        {
            groups[NameOf(cluster)] = await ReadClusterAsync(cluster, used, cancellationToken);
        }
        definitions = used;
        return new RegistryReading(groups);
    }

    private static string NameOf(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    private async Task<ValueList<Instance>> ReadClusterAsync(string cluster, Dictionary<string, TaskDefinition> used, CancellationToken cancellationToken)
    {
        IReadOnlyList<EcsTask> tasks = await TasksAsync(cluster, cancellationToken);
        if (tasks.Count == 0)
        {
            return [];
        }
        List<string> names = await api.ServicesAsync(cluster, cancellationToken);
        var services = (await api.DescribeServicesAsync(cluster, names, cancellationToken))
            .GroupBy(service => service.ServiceName).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
        foreach (string arn in tasks.Select(task => task.TaskDefinitionArn).Distinct().Where(arn => !used.ContainsKey(arn)))
        {
            used[arn] = definitions.GetValueOrDefault(arn) ?? await api.DescribeTaskDefinitionAsync(arn, cancellationToken);
        }
        IReadOnlyDictionary<string, string> hosts = await HostsAsync(cluster, tasks, used, cancellationToken);
        var reader = new TaskReader(settings.Access.Region, NameOf(cluster), services, used, hosts);
        return TaskReader.Single(tasks.Select(reader.Read).OfType<ReadTask>())
            .Where(task => settings.Services.IsEmpty || settings.Services.Contains(task.EcsService))
            .Select(task => task.Instance)
            .OrderBy(instance => instance.Id, StringComparer.Ordinal).ToValueList();
    }

    /// <summary>Those that are to run, and those that are about to end.</summary>
    private async Task<IReadOnlyList<EcsTask>> TasksAsync(string cluster, CancellationToken cancellationToken)
    {
        // In this order: a task that is stopped between the two is in the first.
        List<string> running = await api.TasksAsync(cluster, "RUNNING", cancellationToken);
        List<string> ending = await api.TasksAsync(cluster, "STOPPED", cancellationToken);
        List<EcsTask> tasks = await api.DescribeTasksAsync(cluster, running.Union(ending), cancellationToken);
        return [.. tasks.Where(task => task.LastStatus is not ("STOPPED" or "DELETED"))];
    }

    /// <summary>The addresses of the machines under tasks that have none of their own, by container instance.</summary>
    private async Task<IReadOnlyDictionary<string, string>> HostsAsync(
        string cluster, IReadOnlyList<EcsTask> tasks, Dictionary<string, TaskDefinition> used, CancellationToken cancellationToken)
    {
        string[] arns = [.. tasks
            .Where(task => used[task.TaskDefinitionArn].NetworkMode != "awsvpc")
            .Select(task => task.ContainerInstanceArn).OfType<string>().Distinct()];
        List<ContainerInstance> instances = await api.DescribeContainerInstancesAsync(cluster, arns, cancellationToken);
        Dictionary<string, string> machines = await api.AddressesAsync(
            [.. instances.Select(instance => instance.Ec2InstanceId).OfType<string>().Distinct()], cancellationToken);
        return instances
            .Where(instance => instance.Ec2InstanceId is { } id && machines.ContainsKey(id))
            .ToDictionary(instance => instance.ContainerInstanceArn, instance => machines[instance.Ec2InstanceId!], StringComparer.Ordinal);
    }
}
