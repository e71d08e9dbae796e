using System.Collections.Concurrent;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Model.Sources;

namespace ControlPlane.Tests.Unit.Hosting;

/// <summary>Takes reports, and answers as a test says.</summary>
internal sealed class RecordingSink : ISourceSink
{
    public static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(6);

    private readonly ConcurrentQueue<SourceReport> reports = new();
    private readonly ConcurrentQueue<string> acquisitions = new();
    private readonly ConcurrentQueue<long> releases = new();

    /// <summary>Of the receiver.</summary>
    public string Incarnation { get; set; } = "first";

    /// <summary>Whether a lease is given.</summary>
    public bool Grants { get; set; } = true;

    /// <summary>How many endpoints it has of the source from before.</summary>
    public int KnownEndpoints { get; set; }

    /// <summary>What happens when a report comes, before it is answered.</summary>
    public Func<SourceReport, Task<bool>> Accepts { get; set; } = _ => Task.FromResult(true);

    /// <summary>All reports that came, also those that were not accepted.</summary>
    public SourceReport[] Reports => [.. reports];

    /// <summary>Who asked for the lease.</summary>
    public string[] Acquisitions => [.. acquisitions];

    public long[] Releases => [.. releases];

    public Task<LeaseResult> AcquireAsync(string source, string holder, CancellationToken cancellationToken)
    {
        acquisitions.Enqueue(holder);
        return Task.FromResult(new LeaseResult(Grants, holder, acquisitions.Count, LeaseDuration, Incarnation, KnownEndpoints));
    }

    public async Task<ReportResult> ReportAsync(string source, SourceReport report, CancellationToken cancellationToken)
    {
        reports.Enqueue(report);
        return new ReportResult(await Accepts(report), Incarnation);
    }

    public Task ReleaseAsync(string source, long epoch, CancellationToken cancellationToken)
    {
        releases.Enqueue(epoch);
        return Task.CompletedTask;
    }
}
