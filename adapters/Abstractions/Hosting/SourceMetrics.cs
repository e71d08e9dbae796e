using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ControlPlane.Adapters.Hosting;

/// <summary>What is counted of each source: meter <c>ControlPlane.Sources</c>.</summary>
public sealed class SourceMetrics
{
    public const string MeterName = "ControlPlane.Sources";

    private static readonly InstrumentAdvice<double> Seconds =
        new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] };

    private readonly ConcurrentDictionary<string, long?> failing = new(StringComparer.Ordinal);
    private readonly TimeProvider time;
    private readonly Counter<long> events;
    private readonly Counter<long> failures;
    private readonly Counter<long> retries;
    private readonly Counter<long> doubts;
    private readonly Counter<long> changes;
    private readonly Histogram<double> reports;
    private readonly Histogram<double> lag;
    private readonly Histogram<double> calls;

    public SourceMetrics(IMeterFactory factory, TimeProvider time)
    {
        this.time = time;
        Meter meter = factory.Create(MeterName);
        events = meter.CreateCounter<long>("controlplane.source.events", description: "Events heard from a source");
        failures = meter.CreateCounter<long>("controlplane.source.failures", description: "Times a source failed");
        retries = meter.CreateCounter<long>("controlplane.source.retries", description: "Times a failed source was tried again");
        doubts = meter.CreateCounter<long>("controlplane.source.doubts", description: "Readings in which too much was gone to be believed at once");
        changes = meter.CreateCounter<long>("controlplane.source.changes", description: "Services reported as changed or removed");
        reports = meter.CreateHistogram("controlplane.source.report.duration", "s", "Time until a report was taken", advice: Seconds);
        lag = meter.CreateHistogram("controlplane.source.lag", "s", "Time from a change heard from a source until it was taken", advice: Seconds);
        calls = meter.CreateHistogram("controlplane.source.api.duration", "s", "Requests to the registry, by operation and outcome", advice: Seconds);
        meter.CreateObservableGauge("controlplane.source.last_good.age", Ages, "s", "Time since what a source says was last known to be right; 0 while it is live");
    }

    /// <summary>Counts the requests that a source's adapter sends.</summary>
    public IApiCallObserver CallsOf(string source) => new Calls(this, source);

    internal void Heard(string source) => events.Add(1, Tag(source));

    internal void Live(string source) => failing[source] = null;

    internal void Failed(string source)
    {
        failures.Add(1, Tag(source));
        failing.AddOrUpdate(source, _ => time.GetTimestamp(), (_, since) => since ?? time.GetTimestamp());
    }

    internal void Retried(string source) => retries.Add(1, Tag(source));

    internal void Doubted(string source) => doubts.Add(1, Tag(source));

    /// <param name="waited">How long the oldest change of the report has been known; null: it had none.</param>
    internal void Reported(string source, int services, TimeSpan took, TimeSpan? waited)
    {
        changes.Add(services, Tag(source));
        reports.Record(took.TotalSeconds, Tag(source));
        if (waited is { } age)
        {
            lag.Record(age.TotalSeconds, Tag(source));
        }
    }

    /// <summary>The source is no longer watched here.</summary>
    internal void Forget(string source) => failing.TryRemove(source, out _);

    private static KeyValuePair<string, object?> Tag(string source) => new("source", source);

    private IEnumerable<Measurement<double>> Ages() => failing.Select(
        pair => new Measurement<double>(pair.Value is { } since ? time.GetElapsedTime(since).TotalSeconds : 0, Tag(pair.Key)));

    private sealed class Calls(SourceMetrics metrics, string source) : IApiCallObserver
    {
        public void Called(ApiCall call) =>
            metrics.calls.Record(call.Took.TotalSeconds, Tag(source), new("operation", call.Operation), new("outcome", call.Outcome));
    }
}
