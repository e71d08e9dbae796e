namespace ControlPlane.Adapters.Consul.Watching;

/// <summary>Follows services: as many as may be by queries of their own, the rest together.</summary>
internal sealed class ServiceWatches(WatchContext context) : IAsyncDisposable
{
    private readonly Dictionary<string, ServiceWatch> own = [];
    private ServiceSweep? sweep;

    /// <param name="index">Of what was read of it; 0: nothing was.</param>
    public async Task AddAsync(string service, ulong index, CancellationToken cancellationToken)
    {
        if (own.Count < context.Times.OwnQueries)
        {
            own.Add(service, new ServiceWatch(service, index, context));
            return;
        }
        sweep ??= new ServiceSweep(context);
        await sweep.AddAsync(service, index, cancellationToken);
    }

    /// <summary>Nothing is handed on of the service from then on.</summary>
    public async Task RemoveAsync(string service, CancellationToken cancellationToken)
    {
        if (!own.Remove(service, out ServiceWatch? watch))
        {
            await sweep!.RemoveAsync(service, cancellationToken);
            return;
        }
        await watch.DisposeAsync();
        if (sweep is not null && await sweep.TakeAsync(cancellationToken) is { } next)
        {
            own.Add(next.Service, new ServiceWatch(next.Service, next.Index, context));
        }
    }

    /// <summary>Says that services may have changed.</summary>
    public void Signal() => sweep?.Signal();

    /// <summary>Follows nothing any more.</summary>
    public async Task ClearAsync()
    {
        await Task.WhenAll(own.Values.Select(watch => watch.DisposeAsync().AsTask()));
        own.Clear();
        if (sweep is not null)
        {
            await sweep.DisposeAsync();
            sweep = null;
        }
    }

    public async ValueTask DisposeAsync() => await ClearAsync();
}
