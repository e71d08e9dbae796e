using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>An adapter in its real host, and what it has reported so far.</summary>
public sealed class WatchedSource : ISourceSink, IClusterInfo, IMeterFactory, IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly Dictionary<ServiceId, ServicePart> services = [];
    private readonly List<Meter> meters = [];
    private readonly ConcurrentQueue<string> told = [];
    private readonly Task running;
    private long reports;
    private long configurations;

    public WatchedSource(IDiscoveryAdapter adapter, SourceHostOptions? options = null)
    {
        SourceHostOptions times = options ?? new() { MaxBackOff = TimeSpan.FromSeconds(1), Heartbeat = TimeSpan.FromMilliseconds(200) };
        running = new SourceHost(adapter, this, this, times, new SourceMetrics(this, TimeProvider.System), TimeProvider.System, NullLogger<SourceHost>.Instance).RunAsync(stop.Token);
    }

    public string Self => "test";

    public IReadOnlyCollection<string> Members => [Self];

    public SourceState State { get; private set; } = SourceState.Warming;

    public string Reason { get; private set; } = "";

    /// <summary>All that was ever said to be wrong with the source.</summary>
    public IReadOnlyCollection<string> Told => told;

    public ValueList<ConfigObject> Objects { get; private set; }

    public ValueList<Problem> Problems { get; private set; }

    /// <summary>Every service that was ever taken back.</summary>
    public List<ServiceId> Removals { get; } = [];

    public long Reports => Interlocked.Read(ref reports);

    /// <summary>How many reports had a configuration.</summary>
    public long Configurations => Interlocked.Read(ref configurations);

    public IReadOnlyCollection<ServicePart> Services
    {
        get
        {
            lock (gate)
            {
                return [.. services.Values];
            }
        }
    }

    public ServicePart? Find(string name) => Services.FirstOrDefault(part => part.Service.Name == name);

    /// <summary>Addresses with ports and health, <c>10.0.0.1:80 Healthy</c>.</summary>
    public string Endpoints(string service) => string.Join(", ", (Find(service)?.Endpoints ?? []).Select(
        endpoint => $"{endpoint.Address}:{string.Join('+', endpoint.Ports)} {endpoint.Health}"));

    public Task LiveAsync() => Eventually.Until(() => State == SourceState.Live, state: () => $"{State}: {Reason}");

    public Task StaleAsync() => Eventually.Until(() => State == SourceState.Stale, state: () => $"{State}");

    Task<LeaseResult> ISourceSink.AcquireAsync(string source, string holder, CancellationToken cancellationToken) =>
        Task.FromResult(new LeaseResult(true, holder, 1, TimeSpan.FromSeconds(6), "sink"));

    Task<ReportResult> ISourceSink.ReportAsync(string source, SourceReport report, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (report.IsWhole)
            {
                services.Clear();
            }
            foreach (ServicePart part in report.Replaced)
            {
                services[part.Service] = part;
            }
            foreach (ServiceId gone in report.Removed)
            {
                services.Remove(gone);
                Removals.Add(gone);
            }
            Objects = report.Configuration ?? Objects;
            configurations += report.Configuration is null ? 0 : 1;
            Problems = report.Problems ?? Problems;
            if (report.Reason.Length > 0 && report.Reason != Reason)
            {
                told.Enqueue(report.Reason);
            }
            Reason = report.Reason;
            State = report.State;
        }
        Interlocked.Increment(ref reports);
        return Task.FromResult(new ReportResult(true, "sink"));
    }

    Task ISourceSink.ReleaseAsync(string source, long epoch, CancellationToken cancellationToken) => Task.CompletedTask;

    Meter IMeterFactory.Create(MeterOptions options)
    {
        var meter = new Meter(options.Name);
        meters.Add(meter);
        return meter;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    void IDisposable.Dispose() => meters.ForEach(meter => meter.Dispose());
}
