using ControlPlane.Adapters;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Sources;
using ControlPlane.Model;

namespace ControlPlane.Silo.Hosting;

/// <summary>Runs the hosts of all adapters, and retires sources that are no longer configured.</summary>
internal sealed partial class SourceHosts(
    IEnumerable<IDiscoveryAdapter> adapters, ISourceSink sink, IClusterInfo cluster, SourceHostOptions options, SourceMetrics metrics,
    GrainsReady ready, IGrainFactory grains, TimeProvider time, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly ILogger logger = loggers.CreateLogger<SourceHosts>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ready.WaitAsync(stoppingToken);
        IDiscoveryAdapter[] all = [.. adapters];
        await Task.WhenAll([
            RetireAsync([.. all.Select(adapter => adapter.Source)], stoppingToken),
            .. all.Select(adapter => new SourceHost(
                adapter, sink, cluster, options, metrics, time, loggers.CreateLogger<SourceHost>()).RunAsync(stoppingToken))]);
    }

    private async Task RetireAsync(HashSet<string> configured, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                ValueList<string> known = await grains.GetGrain<ISourceDirectoryGrain>(ISourceDirectoryGrain.Key).ListAsync();
                foreach (string source in known.Where(source => !configured.Contains(source)))
                {
                    LogRetiring(logger, source);
                    await grains.GetGrain<ISourceGrain>(source).RetireAsync();
                }
                return;
            }
            catch (Exception exception)
            {
                LogRetireFailed(logger, exception.Message);
                await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Source} is no longer configured: what it said is taken back")]
    private static partial void LogRetiring(ILogger logger, string source);

    [LoggerMessage(2, LogLevel.Warning, "retiring sources failed and will be tried again: {Reason}")]
    private static partial void LogRetireFailed(ILogger logger, string reason);
}
