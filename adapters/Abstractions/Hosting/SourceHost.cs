using System.IO.Hashing;
using System.Text;
using ControlPlane.Model.Sources;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace ControlPlane.Adapters.Hosting;

/// <summary>
/// Runs one adapter on one silo: takes the source's lease, watches while it holds it, reports differences by awaited calls with one in flight,
/// merges meanwhile, and begins anew with back-off when the source fails.
/// </summary>
public sealed partial class SourceHost(
    IDiscoveryAdapter adapter, ISourceSink sink, IClusterInfo cluster, SourceHostOptions options, SourceMetrics metrics, TimeProvider time, ILogger<SourceHost> logger)
{
    // A holder writes for two thirds of its lease only, so that the next one never meets it.
    private const double WritingShare = 2.0 / 3;

    /// <summary>The source's name.</summary>
    public string Source => adapter.Source;

    /// <summary>Runs until it is cancelled, then gives the lease back.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await WaitForTurnAsync(cancellationToken);
                long asked = time.GetTimestamp();
                LeaseResult lease = await sink.AcquireAsync(Source, cluster.Self, cancellationToken);
                if (lease.Granted)
                {
                    LogAcquired(logger, Source, lease.Epoch);
                    await HoldAsync(lease, asked, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                // The grains end with the process, and this does, too, in a moment.
            }
            catch (Exception exception)
            {
                LogHostFailed(logger, Source, exception);
            }
            await Task.Delay(options.Heartbeat, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Rendezvous hashing: each source has its own order of silos, so that leases spread and move little.
    private Task WaitForTurnAsync(CancellationToken cancellationToken) =>
        Rank() is > 0 and var rank ? Task.Delay(options.Heartbeat * rank, time, cancellationToken) : Task.CompletedTask;

    private int Rank()
    {
        ulong own = Weight(cluster.Self);
        return cluster.Members.Count(member => member != cluster.Self && Weight(member) > own);
    }

    private ulong Weight(string member) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{Source}\n{member}"));

    private async Task HoldAsync(LeaseResult lease, long asked, CancellationToken cancellationToken)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var picture = new SourcePicture(options, lease.Endpoints, time);
        Task watching = WatchAsync(picture, held.Token);
        try
        {
            await SendAsync(picture, lease, asked, held.Token);
        }
        finally
        {
            await held.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            metrics.Forget(Source);
        }
    }

    private async Task WatchAsync(SourcePicture picture, CancellationToken cancellationToken)
    {
        ResiliencePipeline retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.BackOff,
                MaxDelay = options.MaxBackOff,
                OnRetry = _ =>
                {
                    metrics.Retried(Source);
                    return ValueTask.CompletedTask;
                },
            }).Build();
        while (!cancellationToken.IsCancellationRequested)
        {
            // An episode ends, and with it the count of failures, when a source that was in sync fails, or has to be read again.
            TimeSpan delay = await retry.ExecuteAsync(async token => await EpisodeAsync(picture, token), cancellationToken);
            await Task.Delay(delay, time, cancellationToken);
        }
    }

    /// <returns>How long to wait for the next one.</returns>
    private async Task<TimeSpan> EpisodeAsync(SourcePicture picture, CancellationToken cancellationToken)
    {
        bool synced = false;
        try
        {
            picture.Begin();
            await foreach (DiscoveryEvent happened in adapter.WatchAsync(cancellationToken).WithCancellation(cancellationToken))
            {
                metrics.Heard(Source);
                if (!picture.Apply(happened))
                {
                    metrics.Doubted(Source);
                    LogDoubted(logger, Source);
                    return options.ConfirmDelay;
                }
                if (happened is Synced)
                {
                    synced = true;
                    metrics.Live(Source);
                }
            }
            throw new InvalidOperationException("the source ended its watch");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            metrics.Failed(Source);
            LogSourceFailed(logger, Source, exception.Message);
            picture.Fail(exception.Message);
            if (!synced)
            {
                throw;
            }
            return options.BackOff;
        }
    }

    private async Task SendAsync(SourcePicture picture, LeaseResult lease, long renewed, CancellationToken cancellationToken)
    {
        string incarnation = lease.Incarnation;
        TimeSpan writing = lease.Duration * WritingShare;
        try
        {
            while (true)
            {
                await picture.WaitAsync(cancellationToken);
                long? changed = picture.ChangedSince;
                SourceReport report = picture.Take(lease.Epoch);
                long sent = time.GetTimestamp();
                ReportResult result;
                try
                {
                    result = await sink.ReportAsync(Source, report, cancellationToken);
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    picture.PutBack(report);
                    LogReportFailed(logger, Source, exception.Message);
                    if (time.GetElapsedTime(renewed) > writing)
                    {
                        LogLeaseLost(logger, Source, lease.Epoch);
                        return;
                    }
                    await Task.Delay(options.BackOff, time, cancellationToken);
                    continue;
                }
                if (!result.Accepted)
                {
                    LogLeaseLost(logger, Source, lease.Epoch);
                    return;
                }
                metrics.Reported(Source, report.Replaced.Count + report.Removed.Count, time.GetElapsedTime(sent), changed is { } since ? time.GetElapsedTime(since) : null);
                renewed = sent;
                if (result.Incarnation != incarnation)
                {
                    incarnation = result.Incarnation;
                    picture.SendEverything();
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            await sink.ReleaseAsync(Source, lease.Epoch, deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "watching {Source} under lease {Epoch}")]
    private static partial void LogAcquired(ILogger logger, string source, long epoch);

    [LoggerMessage(2, LogLevel.Warning, "{Source} failed: {Reason}")]
    private static partial void LogSourceFailed(ILogger logger, string source, string reason);

    [LoggerMessage(3, LogLevel.Warning, "a report of {Source} was not taken: {Reason}")]
    private static partial void LogReportFailed(ILogger logger, string source, string reason);

    [LoggerMessage(4, LogLevel.Warning, "lease {Epoch} of {Source} is lost")]
    private static partial void LogLeaseLost(ILogger logger, string source, long epoch);

    [LoggerMessage(6, LogLevel.Warning, "{Source} is read again: more is gone than is believed at once")]
    private static partial void LogDoubted(ILogger logger, string source);

    [LoggerMessage(5, LogLevel.Error, "the host of {Source} failed")]
    private static partial void LogHostFailed(ILogger logger, string source, Exception exception);
}
