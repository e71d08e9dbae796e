using System.Net;
using System.Net.Sockets;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Reach;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Silo.Reach;

/// <summary>
/// Resolves the host names of gateways and tells which gateways there are: when that changes, and every 30 s. One silo does it, the first by name; while the
/// silos disagree on who that is, two do, which harms nobody.
/// </summary>
internal sealed partial class GatewayHost(
    IHostResolver resolver, IClusterInfo cluster, GrainsReady ready, IGrainFactory grains, ReachMetrics metrics, TimeProvider time, ILogger<GatewayHost> logger)
    : BackgroundService, ICatalogObserver
{
    private static readonly TimeSpan RefreshPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim changed = new(0);
    private readonly HashSet<string> failing = new(StringComparer.Ordinal);
    private volatile RegionGateway[]? gateways;

    /// <inheritdoc/>
    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change)
    {
        // Nothing known of the configuration is not the same as no gateways.
        if (snapshot.Configuration is null)
        {
            return;
        }
        RegionGateway[] now = [.. snapshot.Objects<RegionGateway>().OrderBy(gateway => gateway.Name, StringComparer.Ordinal)];
        if (gateways is null || !now.SequenceEqual(gateways))
        {
            gateways = now;
            changed.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        changed.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ready.WaitAsync(stoppingToken);
            while (true)
            {
                bool isTold = await TryTellAsync(stoppingToken);
                await WaitAsync(isTold ? RefreshPeriod : RetryDelay, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> TryTellAsync(CancellationToken stoppingToken)
    {
        if (gateways is not { } known || cluster.Members.Append(cluster.Self).Min(StringComparer.Ordinal) != cluster.Self)
        {
            return true;
        }
        string[] names = [.. known.SelectMany(gateway => gateway.Addresses).Select(address => address.Host).Where(host => !IPAddress.TryParse(host, out _)).Distinct(StringComparer.Ordinal)];
        ResolvedHost?[] hosts = await Task.WhenAll(names.Select(host => TryResolveAsync(host, stoppingToken)));
        failing.IntersectWith(names);
        foreach ((string name, ResolvedHost? host) in names.Zip(hosts))
        {
            if (host is not null)
            {
                failing.Remove(name);
            }
        }
        try
        {
            await grains.GetGrain<IReachGrain>(IReachGrain.Key).DeclareAsync(known.ToValueList(), hosts.OfType<ResolvedHost>().ToValueList());
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogNotTold(logger, exception.Message);
            return false;
        }
    }

    private async Task<ResolvedHost?> TryResolveAsync(string host, CancellationToken stoppingToken)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stoppingToken);
        try
        {
            IReadOnlyList<IPAddress> addresses = await resolver.ResolveAsync(host, either.Token);
            if (addresses.Count > 0)
            {
                return new ResolvedHost(host, addresses.Select(address => address.ToString()).Distinct().Order(StringComparer.Ordinal).ToValueList());
            }
            Failed(host, "it has no addresses");
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ArgumentException)
        {
            stoppingToken.ThrowIfCancellationRequested();
            Failed(host, exception is OperationCanceledException ? $"no answer within {Patience.TotalSeconds} s" : exception.Message);
        }
        return null;
    }

    private void Failed(string host, string reason)
    {
        metrics.ResolutionFailed(host);
        lock (failing)
        {
            if (!failing.Add(host))
            {
                return;
            }
        }
        LogNotResolved(logger, host, reason);
    }

    private async Task WaitAsync(TimeSpan period, CancellationToken stoppingToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using ITimer timer = time.CreateTimer(_ => over.Cancel(), null, period, Timeout.InfiniteTimeSpan);
        try
        {
            await changed.WaitAsync(over.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "the gateway address {Host} cannot be resolved, its last good answer is kept: {Reason}")]
    private static partial void LogNotResolved(ILogger logger, string host, string reason);

    [LoggerMessage(2, LogLevel.Warning, "the gateways could not be told, it is tried again: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string reason);
}
