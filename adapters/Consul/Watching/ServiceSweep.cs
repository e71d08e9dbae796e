using System.Collections.Concurrent;
using ControlPlane.Adapters.Consul.Client;

namespace ControlPlane.Adapters.Consul.Watching;

/// <summary>
/// Follows services that have no query of their own. When any check, node or service of the datacenter changes, the index of each is asked
/// for, and those whose index has moved are read. Consul has no answer that names what has changed.
/// </summary>
internal sealed class ServiceSweep : IAsyncDisposable
{
    private readonly WatchContext context;
    private readonly CancellationTokenSource stop;
    private readonly ConcurrentDictionary<string, ulong> indexes = [];
    private readonly SemaphoreSlim gate = new(1);
    private readonly SemaphoreSlim signal = new(0);
    private readonly Task running;

    public ServiceSweep(WatchContext context)
    {
        this.context = context;
        stop = CancellationTokenSource.CreateLinkedTokenSource(context.Stop);
        running = Task.WhenAll(
            context.GuardAsync(RunAsync),
            context.GuardAsync(() => ListenAsync(ConsulRequest.AnyCheck)),
            context.GuardAsync(() => ListenAsync(ConsulRequest.AnyNode)));
    }

    public void Signal() => signal.Release();

    public async Task AddAsync(string service, ulong index, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        indexes[service] = index;
        gate.Release();
    }

    public async Task RemoveAsync(string service, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        indexes.TryRemove(service, out _);
        gate.Release();
    }

    /// <summary>Gives one service away; null: there is none.</summary>
    public async Task<(string Service, ulong Index)?> TakeAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            string? service = indexes.Keys.FirstOrDefault();
            return service is not null && indexes.TryRemove(service, out ulong index) ? (service, index) : null;
        }
        finally
        {
            gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        gate.Dispose();
        signal.Dispose();
    }

    private async Task ListenAsync(ConsulRequest<Objects.Nothing[]> request)
    {
        BlockingQuery<Objects.Nothing[]> query = context.Query(request);
        while (true)
        {
            await query.NextAsync(stop.Token);
            Signal();
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            long begun = context.Time.GetTimestamp();
            await gate.WaitAsync(stop.Token);
            try
            {
                var options = new ParallelOptions { MaxDegreeOfParallelism = context.Times.Reads, CancellationToken = stop.Token };
                await Parallel.ForEachAsync(indexes, options, (known, cancellationToken) => LookAsync(known.Key, known.Value, cancellationToken));
            }
            finally
            {
                gate.Release();
            }
            // Where something changes all the time, Consul rests as long as it was kept busy.
            await Task.Delay(context.Time.GetElapsedTime(begun), context.Time, stop.Token);
            await WaitAsync();
        }
    }

    private async ValueTask LookAsync(string service, ulong known, CancellationToken cancellationToken)
    {
        if (known == 0 || await context.Reader.IndexAsync(service, cancellationToken) != known)
        {
            indexes[service] = await context.Reader.ReadAsync(service, cancellationToken);
        }
    }

    /// <summary>Until there is a signal, or it has been quiet for long. Signals that have come meanwhile are one.</summary>
    private async Task WaitAsync()
    {
        using var quiet = new CancellationTokenSource(context.Times.Sweep, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(quiet.Token, stop.Token);
        try
        {
            await signal.WaitAsync(either.Token);
            while (signal.Wait(0, CancellationToken.None))
            {
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Long enough.
        }
    }
}
