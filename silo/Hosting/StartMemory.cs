using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Silo.Hosting;

/// <summary>
/// Gives back once what only the start needed: reading all registries takes several times the memory of what is kept of them, and a process that rests
/// afterwards would hold on to it for hours.
/// </summary>
internal sealed class StartMemory(TimeProvider time) : BackgroundService, ICatalogObserver
{
    // The first proxies are served by then.
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(5);
    private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change)
    {
        if (snapshot.Completeness != Completeness.Waiting)
        {
            complete.TrySetResult();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await complete.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(Delay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
