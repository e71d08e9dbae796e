using System.Threading.Channels;
using ControlPlane.Adapters.Consul.Client;
using ControlPlane.Adapters.Consul.Objects;

namespace ControlPlane.Adapters.Consul.Watching;

/// <summary>Reads services, and hands on only what can be trusted.</summary>
internal sealed class ServiceReader(ConsulClient client, ConsulTimes times, TimeProvider time, ChannelWriter<ConsulEvent> events)
{
    /// <summary>The service of the Consul servers: whoever may read all sees it.</summary>
    public const string Servers = "consul";

    /// <summary>Reads a service as it is now, and hands it on.</summary>
    /// <returns>The index of what was read.</returns>
    public async Task<ulong> ReadAsync(string service, CancellationToken cancellationToken)
    {
        ConsulAnswer<HealthEntry[]> answer = await GetAsync(ConsulRequest.Health(service), cancellationToken);
        await EmitAsync(service, answer.Value, cancellationToken);
        return answer.Index;
    }

    /// <summary>The index of a service, without its instances.</summary>
    public async Task<ulong> IndexAsync(string service, CancellationToken cancellationToken) =>
        (await GetAsync(ConsulRequest.HealthIndex(service), cancellationToken)).Index;

    /// <exception cref="ConsulException">They cannot be trusted.</exception>
    public async Task EmitAsync(string service, HealthEntry[] instances, CancellationToken cancellationToken)
    {
        if (instances.Any(instance => instance is not { Node: not null, Service: not null }))
        {
            throw new ConsulException($"Consul at {client.Access.Address.Authority}: an instance of {service} has no node or no service");
        }
        if (instances.Length == 0)
        {
            await CheckNodesAsync(service, cancellationToken);
        }
        await events.WriteAsync(new ServiceRead(service, instances), cancellationToken);
    }

    // Who may read services and not nodes gets a list of names, and no instance of any.
    private async Task CheckNodesAsync(string service, CancellationToken cancellationToken)
    {
        if (client.Access.HasServers &&
            (service == Servers || (await GetAsync(ConsulRequest.Health(Servers), cancellationToken)).Value.Length == 0))
        {
            throw new ConsulException($"Consul at {client.Access.Address.Authority} hides nodes: give the token node_prefix \"\" with policy = \"read\"");
        }
    }

    private async Task<ConsulAnswer<T>> GetAsync<T>(ConsulRequest<T> request, CancellationToken cancellationToken) =>
        (await new BlockingQuery<T>(client, request, times, time).NextAsync(cancellationToken)).Answer;
}
