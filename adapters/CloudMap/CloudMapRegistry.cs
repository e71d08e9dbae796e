using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Protocols;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudMap;

/// <summary>The namespaces, services and instances of Cloud Map. Listing them is free; discovering them is not, and is not done.</summary>
/// <param name="client">Disposed of with this.</param>
internal sealed class CloudMapRegistry(CloudMapSettings settings, AwsClient client, TimeSpan rest, TimeProvider time) : PolledRegistry(rest, time), IDisposable
{
    private readonly AwsJson api = new(client, "servicediscovery", "Route53AutoNaming_v20170314");

    /// <summary>Items in a page; 100 is the most there is.</summary>
    internal int PageSize { get; init; } = 100;

    public void Dispose() => client.Dispose();

    protected override async Task<RegistryReading> ReadAsync(CancellationToken cancellationToken)
    {
        var groups = new Dictionary<string, ValueList<Instance>>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        var request = new CloudMapRequest { MaxResults = PageSize };
        await foreach (NamespacePage page in Pages("ListNamespaces", request, CloudMapJson.Default.NamespacePage, answer => answer.NextToken, cancellationToken))
        {
            foreach (CloudMapNamespace space in (page.Namespaces ?? []).Where(IsWanted))
            {
                await ReadNamespaceAsync(space, groups, problems, cancellationToken);
            }
        }
        return new RegistryReading(groups, problems.ToValueList());
    }

    private bool IsWanted(CloudMapNamespace space) =>
        settings.Namespaces.IsEmpty || settings.Namespaces.Contains(space.Name) || settings.Namespaces.Contains(space.Id);

    private async Task ReadNamespaceAsync(
        CloudMapNamespace space, Dictionary<string, ValueList<Instance>> groups, List<Problem> problems, CancellationToken cancellationToken)
    {
        var request = new CloudMapRequest { MaxResults = PageSize, Filters = [new CloudMapFilter("NAMESPACE_ID", [space.Id])] };
        await foreach (ServicePage page in Pages("ListServices", request, CloudMapJson.Default.ServicePage, answer => answer.NextToken, cancellationToken))
        {
            foreach (CloudMapService service in page.Services ?? [])
            {
                groups[$"{space.Name}/{service.Name}"] = await ReadServiceAsync(space, service, problems, cancellationToken);
            }
        }
    }

    private async Task<ValueList<Instance>> ReadServiceAsync(
        CloudMapNamespace space, CloudMapService service, List<Problem> problems, CancellationToken cancellationToken)
    {
        var request = new CloudMapRequest { MaxResults = PageSize, ServiceId = service.Id };
        var found = new List<CloudMapInstance>();
        await foreach (InstancePage page in Pages("ListInstances", request, CloudMapJson.Default.InstancePage, answer => answer.NextToken, cancellationToken))
        {
            found.AddRange(page.Instances ?? []);
        }
        var health = new Dictionary<string, string>(StringComparer.Ordinal);
        if (found.Count > 0 && (service.HealthCheckConfig is not null || service.HealthCheckCustomConfig is not null))
        {
            await foreach (HealthPage page in Pages("GetInstancesHealthStatus", request, CloudMapJson.Default.HealthPage, answer => answer.NextToken, cancellationToken))
            {
                foreach ((string id, string status) in page.Status ?? new Dictionary<string, string>())
                {
                    health[id] = status;
                }
            }
        }
        return found
            .Select(instance => CloudMapReader.Read(settings, space, service, instance, health.GetValueOrDefault(instance.Id), problems))
            .OfType<Instance>().OrderBy(instance => instance.Id, StringComparer.Ordinal).ToValueList();
    }

    private IAsyncEnumerable<TPage> Pages<TPage>(
        string operation, CloudMapRequest request, JsonTypeInfo<TPage> type, Func<TPage, string?> next, CancellationToken cancellationToken) =>
        api.PagesAsync(operation, token => request with { NextToken = token }, CloudMapJson.Default.CloudMapRequest, type, next, cancellationToken);
}
