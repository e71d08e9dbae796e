using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ControlPlane.Adapters.Consul.Client;

namespace ControlPlane.Adapters.Consul.Watching;

/// <summary>Reads all services of a Consul datacenter, then follows their changes.</summary>
internal sealed class ConsulFeed(ConsulClient client, ConsulTimes times, TimeProvider time)
{
    private const int MaximumAhead = 256;

    /// <summary><see cref="PictureBegun"/>, each service, <see cref="PictureComplete"/>, then each change; and all of it again where the server is another.</summary>
    /// <exception cref="ConsulException">Consul cannot be used, or cannot be trusted.</exception>
    public async IAsyncEnumerable<ConsulEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Channel.CreateBounded<ConsulEvent>(new BoundedChannelOptions(MaximumAhead) { SingleReader = true });
        Task running = RunAsync(events.Writer, stop.Token);
        try
        {
            await foreach (ConsulEvent happened in events.Reader.ReadAllAsync(cancellationToken))
            {
                yield return happened;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await running;
        }
    }

    private async Task RunAsync(ChannelWriter<ConsulEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            var reader = new ServiceReader(client, times, time, events);
            await FollowAsync(new WatchContext(client, reader, times, time, failure => events.TryComplete(failure), cancellationToken), events);
        }
        catch (Exception failure)
        {
            events.TryComplete(failure);
        }
    }

    private async Task FollowAsync(WatchContext context, ChannelWriter<ConsulEvent> events)
    {
        BlockingQuery<Dictionary<string, string[]?>> list = context.Query(ConsulRequest.Services);
        await using var watches = new ServiceWatches(context);
        HashSet<string> known = [];
        while (true)
        {
            (ConsulAnswer<Dictionary<string, string[]?>> answer, bool isAnew) = await list.NextAsync(context.Stop);
            Dictionary<string, string[]?> names = answer.Value;
            CheckTrust(names);
            string[] lost = [.. known.Where(name => !names.ContainsKey(name))];
            // Several at once are rather a server or a token that shows less than before: all is read again, as one picture.
            isAnew |= lost.Length > 1;
            if (isAnew)
            {
                await watches.ClearAsync();
                known.Clear();
                await events.WriteAsync(PictureBegun.Instance, context.Stop);
            }
            else if (lost is [var gone])
            {
                await watches.RemoveAsync(gone, context.Stop);
                known.Remove(gone);
                await events.WriteAsync(new ServiceGone(gone), context.Stop);
            }
            string[] added = [.. names.Keys.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal)];
            IReadOnlyDictionary<string, ulong> indexes = isAnew ? await ReadAsync(added, context) : new Dictionary<string, ulong>();
            foreach (string name in added)
            {
                known.Add(name);
                await watches.AddAsync(name, indexes.GetValueOrDefault(name), context.Stop);
            }
            watches.Signal();
            if (isAnew)
            {
                await events.WriteAsync(PictureComplete.Instance, context.Stop);
            }
        }
    }

    private static async Task<IReadOnlyDictionary<string, ulong>> ReadAsync(string[] services, WatchContext context)
    {
        var indexes = new ConcurrentDictionary<string, ulong>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Times.Reads, CancellationToken = context.Stop };
        await Parallel.ForEachAsync(services, options, async (service, cancellationToken) =>
            indexes[service] = await context.Reader.ReadAsync(service, cancellationToken));
        return indexes;
    }

    // Without a token, or with a poor one, Consul answers with an empty list instead of an error.
    private void CheckTrust(Dictionary<string, string[]?> names)
    {
        string server = client.Access.Address.Authority;
        if (client.Access.HasServers && !names.ContainsKey(ServiceReader.Servers))
        {
            throw new ConsulException(
                $"Consul at {server} does not even show its own service \"{ServiceReader.Servers}\": give the token service_prefix \"\" and node_prefix \"\" with policy = \"read\"");
        }
        if (names.Count == 0)
        {
            throw new ConsulException($"Consul at {server} shows no service in {client.Access.Partition}/{client.Access.Namespace}: either there is none, or the token may not see any");
        }
    }
}
