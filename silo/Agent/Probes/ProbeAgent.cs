using System.Text.Json;
using ControlPlane.Silo.Rest;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Agent.Probes;

/// <summary>Probes the gateways of a network, round after round, and reports each round, until it is told to stop.</summary>
internal sealed partial class ProbeAgent(ProbeOptions options, ProbeClient client, TimeProvider time, ILogger<ProbeAgent> logger)
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(15);
    private readonly AddressProbe probe = new(options.Timeout, time);
    private HashSet<(string Gateway, string Host, int Port)> failing = [];

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        int failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            long start = time.GetTimestamp();
            failures = await TryRoundAsync(stoppingToken) ? 0 : failures + 1;
            TimeSpan wait = failures == 0
                ? options.Interval - time.GetElapsedTime(start)
                : TimeSpan.FromTicks(Math.Min(LongestBackOff.Ticks, (FirstBackOff * Math.Pow(2, Math.Min(failures - 1, 10))).Ticks));
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> TryRoundAsync(CancellationToken stoppingToken)
    {
        try
        {
            ProbeTargets targets = await client.TargetsAsync(options.Network, stoppingToken);
            ProbeBody.Result[] results = await Task.WhenAll(targets.Targets.Select(target => probe.RunAsync(target, stoppingToken)));
            Say(results);
            // A round takes as long as its slowest probe.
            TimeSpan interval = options.Interval > options.Timeout ? options.Interval : options.Timeout;
            await client.ReportAsync(options.Prober, new ProbeBody(options.Network, (int)interval.TotalMilliseconds, options.Locality, options.Cluster, results), stoppingToken);
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            if (!stoppingToken.IsCancellationRequested)
            {
                LogNotTaken(logger, error.Message);
            }
            return false;
        }
    }

    private void Say(ProbeBody.Result[] results)
    {
        foreach (ProbeBody.Result result in results)
        {
            bool failed = failing.Contains((result.Gateway!, result.Host!, result.Port));
            if (!result.Ok && !failed)
            {
                LogFails(logger, result.Gateway!, result.Host!, result.Port, result.Reason!);
            }
            else if (result.Ok && failed)
            {
                LogAnswers(logger, result.Gateway!, result.Host!, result.Port);
            }
        }
        failing = [.. results.Where(result => !result.Ok).Select(result => (result.Gateway!, result.Host!, result.Port))];
    }

    [LoggerMessage(1, LogLevel.Warning, "gateway {Gateway} does not answer at {Host}:{Port}: {Reason}")]
    private static partial void LogFails(ILogger logger, string gateway, string host, int port, string reason);

    [LoggerMessage(2, LogLevel.Information, "gateway {Gateway} answers again at {Host}:{Port}")]
    private static partial void LogAnswers(ILogger logger, string gateway, string host, int port);

    [LoggerMessage(3, LogLevel.Warning, "the control plane does not take the probes, it is tried again: {Reason}")]
    private static partial void LogNotTaken(ILogger logger, string reason);
}
