using System.Threading.Channels;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Grains.Catalog;

/// <summary>
/// The catalog of this silo, in memory: immutable snapshots, swapped atomically. One call is open per shard; their answers meet in one loop,
/// which tells the observers. Everything that is served is served from here.
/// </summary>
public sealed partial class ServiceCatalog(
    IGrainFactory grains, GrainsReady ready, CatalogFile file, ExpectedSources expected, ServiceCatalogOptions options, IEnumerable<ICatalogObserver> observers,
    TimeProvider time, ILogger<ServiceCatalog> logger) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(200);
    private readonly CatalogState state = new();
    private readonly Channel<(string Shard, CatalogChanges Changes)> answers =
        Channel.CreateBounded<(string, CatalogChanges)>(new BoundedChannelOptions(Shards.Count + 1) { SingleReader = true });
    private readonly ICatalogObserver[] observers = [.. observers];
    private long started;

    /// <summary>The newest snapshot.</summary>
    public CatalogSnapshot Current { get; private set; } = CatalogSnapshot.Empty;

    /// <summary>Reads the file and serves what it had. Called before the grains run.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        state.Load(await file.LoadAsync(cancellationToken));
        started = time.GetTimestamp();
        Commit();
        LogLoaded(logger, Current.Services.Count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] loops = [
            .. Shards.OfServices.Append(Shards.Meta).Select(shard => ReadAsync(shard, stoppingToken)),
            file.RunAsync(stoppingToken)];
        using ITimer timer = time.CreateTimer(
            _ => answers.Writer.TryWrite((Shards.Meta, NothingNew)), null, options.WarmTimeout, Timeout.InfiniteTimeSpan);
        var refutations = new List<Task>();
        void Reconsider() => answers.Writer.TryWrite((Shards.Meta, NothingNew));
        expected.Changed += Reconsider;
        while (await WaitAsync(stoppingToken))
        {
            while (answers.Reader.TryRead(out (string Shard, CatalogChanges Changes) answer))
            {
                if (!ReferenceEquals(answer.Changes, NothingNew))
                {
                    if (state.Apply(answer.Shard, answer.Changes) is { Count: > 0 } newer)
                    {
                        refutations.Add(RefuteAsync(answer.Shard, newer.ToValueList(), stoppingToken));
                        refutations.RemoveAll(task => task.IsCompleted);
                    }
                }
            }
            Commit();
        }
        expected.Changed -= Reconsider;
        await Task.WhenAll([.. loops, .. refutations]);
    }

    private static CatalogChanges NothingNew { get; } = new("", 0, false, false, default);

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await answers.Reader.WaitToReadAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Commit()
    {
        CatalogChange? change = state.Commit(expected.Names, expected.AreAllKnown, time.GetElapsedTime(started) >= options.WarmTimeout);
        if (change is null)
        {
            return;
        }
        Current = state.Snapshot;
        foreach (ICatalogObserver observer in observers)
        {
            try
            {
                observer.OnChanged(Current, change);
            }
            catch (Exception exception)
            {
                LogObserverFailed(logger, observer.GetType().Name, exception);
            }
        }
        foreach (CatalogRecord record in state.TakeSaved())
        {
            file.Save(record);
        }
        if (Current.Completeness == Completeness.Complete)
        {
            file.MarkComplete();
        }
    }

    private async Task ReadAsync(string shard, CancellationToken cancellationToken)
    {
        ICatalogGrain grain = grains.GetGrain<ICatalogGrain>(shard);
        string incarnation = "";
        long sequence = 0;
        bool wasComplete = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                CatalogChanges changes = await grain.ChangesSinceAsync(incarnation, sequence, cancellationToken).WaitAsync(cancellationToken);
                bool isNews = changes.IsSnapshot || changes.Records.Count > 0 || changes.IsComplete != wasComplete;
                (incarnation, sequence, wasComplete) = (changes.Incarnation, changes.Sequence, changes.IsComplete);
                if (isNews)
                {
                    await answers.Writer.WriteAsync((shard, changes), cancellationToken);
                }
            }
            catch (Exception exception)
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    LogShardFailed(logger, shard, exception.Message);
                    await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    // A shard that is lost meanwhile begins anew, and is told when it says something that is old.
    private async Task RefuteAsync(string shard, ValueList<CatalogRecord> newer, CancellationToken cancellationToken)
    {
        LogRefuted(logger, shard, newer.Count);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await grains.GetGrain<ICatalogGrain>(shard).RefuteAsync(newer).WaitAsync(cancellationToken);
                return;
            }
            catch (Exception exception)
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    LogShardFailed(logger, shard, exception.Message);
                    await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Services} services are known from before")]
    private static partial void LogLoaded(ILogger logger, int services);

    [LoggerMessage(2, LogLevel.Warning, "shard {Shard} did not answer: {Reason}")]
    private static partial void LogShardFailed(ILogger logger, string shard, string reason);

    [LoggerMessage(4, LogLevel.Information, "shard {Shard} has begun anew and was told older versions of {Records} records than are known here: it learns of those")]
    private static partial void LogRefuted(ILogger logger, string shard, int records);

    [LoggerMessage(3, LogLevel.Error, "{Observer} failed on a change of the catalog")]
    private static partial void LogObserverFailed(ILogger logger, string observer, Exception exception);
}
