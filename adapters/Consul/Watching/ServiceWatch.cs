using ControlPlane.Adapters.Consul.Client;
using ControlPlane.Adapters.Consul.Objects;

namespace ControlPlane.Adapters.Consul.Watching;

/// <summary>Follows one service by a query of its own.</summary>
internal sealed class ServiceWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource stop;
    private readonly Task running;

    /// <param name="index">Of what was read of it; 0: nothing was.</param>
    public ServiceWatch(string service, ulong index, WatchContext context)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(context.Stop);
        running = context.GuardAsync(() => RunAsync(service, index, context, stop.Token));
    }

    /// <summary>Nothing is handed on once it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    private static async Task RunAsync(string service, ulong index, WatchContext context, CancellationToken cancellationToken)
    {
        BlockingQuery<HealthEntry[]> query = context.Query(ConsulRequest.Health(service), index);
        while (true)
        {
            (ConsulAnswer<HealthEntry[]> answer, _) = await query.NextAsync(cancellationToken);
            await context.Reader.EmitAsync(service, answer.Value, cancellationToken);
        }
    }
}
