using System.Diagnostics.Metrics;

namespace ControlPlane.Adapters.Hosting;

/// <summary>What is counted of each source: meter <c>ControlPlane.Sources</c>.</summary>
public sealed class SourceMetrics
{
    public const string MeterName = "ControlPlane.Sources";

    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly Counter<long> events;
    private readonly Counter<long> failures;
    private readonly Counter<long> retries;
    private readonly Counter<long> changes;
    private readonly Histogram<double> reports;

    public SourceMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(MeterName);
        events = meter.CreateCounter<long>("controlplane.source.events", description: "Events heard from a source");
        failures = meter.CreateCounter<long>("controlplane.source.failures", description: "Times a source failed");
        retries = meter.CreateCounter<long>("controlplane.source.retries", description: "Times a failed source was tried again");
        changes = meter.CreateCounter<long>("controlplane.source.changes", description: "Services reported as changed or removed");
        reports = meter.CreateHistogram<double>("controlplane.source.report.duration", "s", "Time until a report was taken", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
    }

    internal void Heard(string source) => events.Add(1, new KeyValuePair<string, object?>("source", source));

    internal void Failed(string source) => failures.Add(1, new KeyValuePair<string, object?>("source", source));

    internal void Retried(string source) => retries.Add(1, new KeyValuePair<string, object?>("source", source));

    internal void Reported(string source, int services, TimeSpan took)
    {
        var tag = new KeyValuePair<string, object?>("source", source);
        changes.Add(services, tag);
        reports.Record(took.TotalSeconds, tag);
    }
}
