using System.Collections.Concurrent;
using System.Collections.Immutable;
using ControlPlane.Xds.Grpc;
using ControlPlane.Xds.Streams;

namespace ControlPlane.Xds;

/// <summary>Who is connected, and who was refused. For any thread.</summary>
public sealed class ProxyRegistry
{
    private readonly ConcurrentDictionary<AdsStream, bool> streams = new();
    private readonly int refusedKept;
    private ImmutableDictionary<string, RefusedProxy> refused = ImmutableDictionary<string, RefusedProxy>.Empty;
    private volatile GrpcStatus? closed;

    internal ProxyRegistry(int refusedKept) => this.refusedKept = refusedKept;

    /// <summary>The streams that are open.</summary>
    public int Count => streams.Count;

    /// <summary>The proxies that were refused last, one entry a node, the newest first.</summary>
    public ImmutableArray<RefusedProxy> RefusedProxies => [.. refused.Values.OrderByDescending(proxy => proxy.At)];

    /// <summary>The state of each stream, as of its next turn.</summary>
    public async Task<ImmutableArray<ProxyStatus>> ReadAsync(CancellationToken cancellation = default)
    {
        ProxyStatus?[] all = await Task.WhenAll(streams.Keys.Select(stream => stream.AskAsync())).WaitAsync(cancellation).ConfigureAwait(false);
        return [.. all.OfType<ProxyStatus>()];
    }

    internal bool TryAdd(AdsStream stream)
    {
        streams[stream] = true;
        if (closed is null)
        {
            return true;
        }
        streams.TryRemove(stream, out _);
        return false;
    }

    internal void Remove(AdsStream stream) => streams.TryRemove(stream, out _);

    /// <summary>Ends all streams; no other is taken.</summary>
    internal void Close(GrpcStatus status)
    {
        closed = status;
        foreach (AdsStream stream in streams.Keys)
        {
            stream.Stop(status);
        }
    }

    internal GrpcStatus? Closed => closed;

    internal void Refused(RefusedProxy proxy) => ImmutableInterlocked.Update(
        ref refused,
        static (all, added) =>
        {
            all = all.SetItem(added.proxy.Node, added.proxy);
            return all.Count <= added.refusedKept ? all : all.Remove(all.Values.MinBy(other => other.At)!.Node);
        },
        (proxy, refusedKept));
}
