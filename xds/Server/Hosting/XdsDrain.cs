using ControlPlane.Xds.Grpc;

namespace ControlPlane.Xds;

/// <summary>
/// Hands the clients over: each stream ends with UNAVAILABLE, after at least one response, and no other is taken. GOAWAY alone moves no Envoy.
/// </summary>
public sealed class XdsDrain
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly ProxyRegistry registry;
    private readonly TimeProvider time;

    internal XdsDrain(ProxyRegistry registry, TimeProvider time)
    {
        this.registry = registry;
        this.time = time;
    }

    /// <summary>Begins; who waits is told when the last stream has ended.</summary>
    public async Task DrainAsync(CancellationToken cancellation = default)
    {
        Begin();
        while (registry.Count > 0)
        {
            await Task.Delay(Look, time, cancellation).ConfigureAwait(false);
        }
    }

    internal void Begin() => registry.Close(GrpcStatus.Unavailable("draining"));
}
