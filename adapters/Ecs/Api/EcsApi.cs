using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using ControlPlane.Adapters.Aws;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Protocols;

namespace ControlPlane.Adapters.Ecs.Api;

/// <summary>The operations of ECS that are used, and the one of EC2.</summary>
/// <param name="client">Disposed of with this.</param>
internal sealed class EcsApi(AwsClient client) : IDisposable
{
    private static readonly string[] WithTags = ["TAGS"];
    private readonly AwsJson ecs = new(client, "ecs", "AmazonEC2ContainerServiceV20141113");
    private readonly AwsQuery ec2 = new(client, "ec2", "2016-11-15");

    /// <summary>Items in a page; 100 is the most there is.</summary>
    internal int PageSize { get; init; } = 100;

    public void Dispose() => client.Dispose();

    public Task<List<string>> ClustersAsync(CancellationToken cancellationToken) =>
        ListAsync("ListClusters", new EcsRequest { MaxResults = PageSize }, page => page.ClusterArns, cancellationToken);

    public Task<List<string>> ServicesAsync(string cluster, CancellationToken cancellationToken) =>
        ListAsync("ListServices", new EcsRequest { Cluster = cluster, MaxResults = PageSize }, page => page.ServiceArns, cancellationToken);

    /// <param name="desired"><c>RUNNING</c> or <c>STOPPED</c>.</param>
    public Task<List<string>> TasksAsync(string cluster, string desired, CancellationToken cancellationToken) =>
        ListAsync("ListTasks", new EcsRequest { Cluster = cluster, DesiredStatus = desired, MaxResults = PageSize }, page => page.TaskArns, cancellationToken);

    /// <summary>Ten in a request.</summary>
    public Task<List<EcsService>> DescribeServicesAsync(string cluster, IEnumerable<string> arns, CancellationToken cancellationToken) => DescribeAsync(
        "DescribeServices", arns, 10, names => new EcsRequest { Cluster = cluster, Services = names, Include = WithTags },
        EcsJson.Default.ServiceList, answer => answer.Services, answer => answer.Failures, cancellationToken);

    public Task<List<EcsTask>> DescribeTasksAsync(string cluster, IEnumerable<string> arns, CancellationToken cancellationToken) => DescribeAsync(
        "DescribeTasks", arns, 100, names => new EcsRequest { Cluster = cluster, Tasks = names, Include = WithTags },
        EcsJson.Default.TaskList, answer => answer.Tasks, answer => answer.Failures, cancellationToken);

    public Task<List<ContainerInstance>> DescribeContainerInstancesAsync(string cluster, IEnumerable<string> arns, CancellationToken cancellationToken) => DescribeAsync(
        "DescribeContainerInstances", arns, 100, names => new EcsRequest { Cluster = cluster, ContainerInstances = names },
        EcsJson.Default.ContainerInstanceList, answer => answer.ContainerInstances, answer => answer.Failures, cancellationToken);

    public async Task<TaskDefinition> DescribeTaskDefinitionAsync(string arn, CancellationToken cancellationToken)
    {
        var request = new EcsRequest { TaskDefinition = arn };
        return (await ecs.CallAsync("DescribeTaskDefinition", request, EcsJson.Default.EcsRequest, EcsJson.Default.TaskDefinitionAnswer, cancellationToken)).TaskDefinition;
    }

    /// <summary>The private addresses of virtual machines, by id.</summary>
    public async Task<Dictionary<string, string>> AddressesAsync(IReadOnlyCollection<string> machines, CancellationToken cancellationToken)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string[] some in machines.Chunk(100))
        {
            var parameters = some.Index().Select(item => new KeyValuePair<string, string>($"InstanceId.{item.Index + 1}", item.Item)).ToList();
            await foreach (XElement page in ec2.PagesAsync("DescribeInstances", parameters, answer => answer, answer => answer.Text("nextToken"), cancellationToken))
            {
                foreach (XElement machine in page.Items("reservationSet").SelectMany(reservation => reservation.Items("instancesSet")))
                {
                    if (machine.Text("instanceId") is { } id && machine.Text("privateIpAddress") is { } address)
                    {
                        addresses[id] = address;
                    }
                }
            }
        }
        return addresses;
    }

    private async Task<List<string>> ListAsync(
        string operation, EcsRequest request, Func<ArnPage, IReadOnlyList<string>?> read, CancellationToken cancellationToken)
    {
        var all = new List<string>();
        await foreach (ArnPage page in ecs.PagesAsync(
            operation, token => request with { NextToken = token }, EcsJson.Default.EcsRequest, EcsJson.Default.ArnPage, page => page.NextToken, cancellationToken))
        {
            all.AddRange(read(page) ?? []);
        }
        return all;
    }

    private async Task<List<TItem>> DescribeAsync<TAnswer, TItem>(
        string operation,
        IEnumerable<string> arns,
        int together,
        Func<string[], EcsRequest> request,
        JsonTypeInfo<TAnswer> type,
        Func<TAnswer, IReadOnlyList<TItem>?> items,
        Func<TAnswer, IReadOnlyList<EcsFailure>?> failures,
        CancellationToken cancellationToken)
    {
        var all = new List<TItem>();
        foreach (string[] some in arns.Chunk(together))
        {
            TAnswer answer = await ecs.CallAsync(operation, request(some), EcsJson.Default.EcsRequest, type, cancellationToken);
            // What is missing went between the listing and now. Anything else would leave a hole in the picture.
            if ((failures(answer) ?? []).FirstOrDefault(failure => failure.Reason != "MISSING") is { } failure)
            {
                throw new AwsException($"ecs:{operation} cannot describe {failure.Arn}: {failure.Reason}");
            }
            all.AddRange(items(answer) ?? []);
        }
        return all;
    }
}
