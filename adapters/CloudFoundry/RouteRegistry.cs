using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Threading.Channels;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Adapters.CloudFoundry.Apps;
using ControlPlane.Adapters.CloudFoundry.Routes;
using ControlPlane.Adapters.Instances;
using ControlPlane.Adapters.Sources;

namespace ControlPlane.Adapters.CloudFoundry;

/// <summary>A foundation as its routes are registered, by the names of its Cloud Controller where that is asked, too.</summary>
/// <param name="catalog">Disposed of with this; null: routes alone.</param>
/// <param name="rest">The time between two readings of the apps.</param>
internal sealed class RouteRegistry(NatsAccess nats, CatalogReader? catalog, CloudFoundryTimes times, TimeSpan rest, SourceContext context) : IInstanceRegistry, IDisposable
{
    private const int MaximumTogether = 4096;
    private const double Jitter = 0.1;

    private readonly RoutePicture picture = new(nats.Place, catalog is not null, times, context.Time);

    public void Dispose() => catalog?.Dispose();

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using RouteBus bus = await RouteBus.OpenAsync(nats, times, context.Time, context.Calls, cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changes = Channel.CreateBounded<Action>(new BoundedChannelOptions(MaximumTogether) { SingleReader = true });
        var missing = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        picture.Begin(bus.Interval);
        var watches = new List<Task>
        {
            GuardAsync(() => bus.ListenAsync((subject, payload, token) => changes.Writer.WriteAsync(() => picture.Hear(subject, payload), token), stop.Token), changes.Writer),
            GuardAsync(() => TickAsync(bus, changes.Writer, stop.Token), changes.Writer),
        };
        if (catalog is not null)
        {
            bool hasApps = picture.HasApps;
            watches.Add(GuardAsync(() => ReadAppsAsync(hasApps, changes.Writer, missing.Reader, stop.Token), changes.Writer));
        }
        try
        {
            while (await changes.Reader.WaitToReadAsync(cancellationToken))
            {
                for (int i = 0; i < MaximumTogether && changes.Reader.TryRead(out Action? change); i++)
                {
                    change();
                }
                IReadOnlyList<InstanceEvent> said = picture.TakeChanges();
                if (picture.MissesApps)
                {
                    missing.Writer.TryWrite(true);
                }
                bool isHeard = false;
                try
                {
                    foreach (InstanceEvent happened in said)
                    {
                        yield return happened;
                    }
                    isHeard = true;
                }
                finally
                {
                    if (!isHeard)
                    {
                        picture.Doubt();
                    }
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(watches);
            if (cancellationToken.IsCancellationRequested)
            {
                picture.Forget();
            }
        }
    }

    private async Task TickAsync(RouteBus bus, ChannelWriter<Action> changes, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(times.Tick, context.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await changes.WriteAsync(
                () =>
                {
                    picture.Note("permissions", bus.Refused);
                    picture.Look();
                },
                cancellationToken);
        }
    }

    /// <summary>A reading that fails is a failure while nothing is known of apps; later it is a problem, and routes go on.</summary>
    private async Task ReadAppsAsync(bool hasApps, ChannelWriter<Action> changes, ChannelReader<bool> missing, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                AppCatalog read = await catalog!.ReadAsync(cancellationToken);
                await changes.WriteAsync(() => picture.SetApps(read), cancellationToken);
                hasApps = true;
            }
            catch (CloudFoundryException failure) when (hasApps)
            {
                await changes.WriteAsync(() => picture.MissApps(failure.Message), cancellationToken);
            }
            TimeSpan pace = times.Pace < rest ? times.Pace : rest;
            await Task.Delay(pace, context.Time, cancellationToken);
            await WaitAsync(missing, (rest - pace) * (1 + (Jitter * RandomNumberGenerator.GetInt32(-100, 101) / 100)), cancellationToken);
        }
    }

    private async Task WaitAsync(ChannelReader<bool> missing, TimeSpan within, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(within, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await missing.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is time anyway.
        }
    }

    private static async Task GuardAsync(Func<Task> watch, ChannelWriter<Action> changes)
    {
        try
        {
            await watch();
        }
        catch (Exception failure)
        {
            changes.TryComplete(failure);
        }
    }
}
