using System.Threading.Channels;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Adapters.Sources;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Sources;

namespace ControlPlane.Silo.Hosting;

/// <summary>Runs a host for each source that a provider names, and retires sources that nobody names any more.</summary>
internal sealed partial class SourceHosts(
    IEnumerable<ISourceProvider> providers, ISourceSink sink, IClusterInfo cluster, SourceHostOptions options, SourceMetrics metrics, ExpectedSources expected,
    GrainsReady ready, IGrainFactory grains, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly ILogger logger = loggers.CreateLogger<SourceHosts>();
    private readonly ISourceProvider[] providers = [.. providers];
    private readonly Dictionary<string, RunningSource> running = new(StringComparer.Ordinal);
    private string[] twice = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var said = new IReadOnlyCollection<SourceDefinition>?[providers.Length];
        var news = Channel.CreateUnbounded<(int Provider, IReadOnlyCollection<SourceDefinition> Sources)>();
        Task[] watching = [.. providers.Index().Select(provider => WatchAsync(provider.Index, provider.Item, news.Writer, stoppingToken))];
        try
        {
            await ready.WaitAsync(stoppingToken);
            bool isRetiring = true;
            while (!stoppingToken.IsCancellationRequested)
            {
                await WaitAsync(news.Reader, isRetiring, stoppingToken);
                while (news.Reader.TryRead(out (int Provider, IReadOnlyCollection<SourceDefinition> Sources) item))
                {
                    said[item.Provider] = item.Sources;
                    isRetiring = true;
                    SayWhatIsNamedTwice(said);
                }
                SourceDefinition[] wanted = [.. said.SelectMany(sources => sources ?? []).DistinctBy(source => source.Name)];
                bool areAllKnown = said.All(sources => sources is not null);
                expected.Set(wanted.Select(source => source.Name), areAllKnown);
                await ReconcileAsync(wanted, stoppingToken);
                isRetiring = isRetiring && areAllKnown && !await TryRetireAsync(wanted);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            await Task.WhenAll(running.Values.Select(source => source.DisposeAsync().AsTask()));
            await Task.WhenAll(watching);
        }
    }

    private void SayWhatIsNamedTwice(IReadOnlyCollection<SourceDefinition>?[] said)
    {
        string[] now = [.. said.SelectMany(sources => sources ?? []).GroupBy(source => source.Name, StringComparer.Ordinal).Where(group => group.Skip(1).Any()).Select(group => group.Key)];
        foreach (string source in now.Except(twice))
        {
            LogNamedTwice(logger, source);
        }
        twice = now;
    }

    // What could not be retired is tried again in a while.
    private async Task WaitAsync(
        ChannelReader<(int, IReadOnlyCollection<SourceDefinition>)> news, bool isRetiring, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ITimer timer = time.CreateTimer(_ => deadline.Cancel(), null, isRetiring ? RetryDelay : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            await news.WaitToReadAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task WatchAsync(
        int index, ISourceProvider provider, ChannelWriter<(int, IReadOnlyCollection<SourceDefinition>)> news, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (IReadOnlyCollection<SourceDefinition> sources in provider.WatchAsync(cancellationToken))
                {
                    await news.WriteAsync((index, sources), cancellationToken);
                }
                return;
            }
            catch (Exception exception)
            {
                if (!cancellationToken.IsCancellationRequested)
                {
                    LogProviderFailed(logger, provider.GetType().Name, exception.Message);
                }
            }
            await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReconcileAsync(SourceDefinition[] wanted, CancellationToken cancellationToken)
    {
        Dictionary<string, SourceDefinition> byName = wanted.ToDictionary(source => source.Name, StringComparer.Ordinal);
        RunningSource[] ended = [.. running.Values.Where(source => byName.GetValueOrDefault(source.Definition.Name)?.Revision != source.Definition.Revision)];
        await Task.WhenAll(ended.Select(source => source.DisposeAsync().AsTask()));
        foreach (RunningSource source in ended)
        {
            running.Remove(source.Definition.Name);
        }
        foreach (SourceDefinition source in wanted.Where(source => !running.ContainsKey(source.Name)))
        {
            running.Add(source.Name, new RunningSource(source, adapter => new SourceHost(
                adapter, sink, cluster, options with { MaxRemovalPercent = source.MaxRemovalPercent ?? options.MaxRemovalPercent },
                metrics, time, loggers.CreateLogger<SourceHost>()), cancellationToken));
        }
    }

    private async Task<bool> TryRetireAsync(SourceDefinition[] wanted)
    {
        try
        {
            HashSet<string> names = [.. wanted.Select(source => source.Name)];
            bool areAllGone = true;
            foreach (string source in (await grains.GetGrain<ISourceDirectoryGrain>(ISourceDirectoryGrain.Key).ListAsync()).Where(source => !names.Contains(source)))
            {
                // Another silo may not have heard yet, or may have heard more.
                if (await grains.GetGrain<ISourceGrain>(source).RetireAsync())
                {
                    LogRetired(logger, source);
                }
                else
                {
                    areAllGone = false;
                }
            }
            return areAllGone;
        }
        catch (Exception exception)
        {
            LogRetireFailed(logger, exception.Message);
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Source} is no longer configured: what it said was taken back")]
    private static partial void LogRetired(ILogger logger, string source);

    [LoggerMessage(2, LogLevel.Warning, "retiring sources failed and will be tried again: {Reason}")]
    private static partial void LogRetireFailed(ILogger logger, string reason);

    [LoggerMessage(3, LogLevel.Warning, "{Provider} does not know its sources and will be asked again: {Reason}")]
    private static partial void LogProviderFailed(ILogger logger, string provider, string reason);

    [LoggerMessage(4, LogLevel.Warning, "{Source} is named twice: by the command line before objects, by objects before Secrets; the first counts")]
    private static partial void LogNamedTwice(ILogger logger, string source);

    /// <summary>A source that is watched, with what watches it.</summary>
    private sealed class RunningSource : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping;
        private readonly DeferredAdapter adapter;
        private readonly Task task;

        public RunningSource(SourceDefinition definition, Func<DeferredAdapter, SourceHost> host, CancellationToken cancellationToken)
        {
            Definition = definition;
            stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            adapter = new DeferredAdapter(definition);
            task = host(adapter).RunAsync(stopping.Token);
        }

        public SourceDefinition Definition { get; }

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await task;
            adapter.Dispose();
            stopping.Dispose();
        }
    }
}
