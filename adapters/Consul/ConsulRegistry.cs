using System.Runtime.CompilerServices;
using ControlPlane.Adapters.Consul.Client;
using ControlPlane.Adapters.Consul.Watching;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Consul;

/// <summary>The services of a Consul datacenter, each a group.</summary>
/// <param name="client">Disposed of with the registry.</param>
internal sealed class ConsulRegistry(ConsulClient client, ConsulTimes times, TimeProvider time) : IInstanceRegistry, IDisposable
{
    public void Dispose() => client.Dispose();

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ConsulEvent happened in new ConsulFeed(client, times, time).WatchAsync(cancellationToken))
        {
            yield return happened switch
            {
                PictureBegun => new ReadingBegun(),
                ServiceRead read => new GroupRead(read.Service, read.Instances.Where(InstanceTranslator.IsService).Select(InstanceTranslator.Translate).ToValueList()),
                ServiceGone gone => new GroupRead(gone.Service, []),
                _ => new ReadingComplete(),
            };
        }
    }
}
