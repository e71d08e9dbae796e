using ControlPlane.Adapters.Hosting;
using ControlPlane.Model.Sources;

namespace ControlPlane.Grains.Sources;

/// <summary>Takes the reports of source hosts to the sources' grains.</summary>
public sealed class GrainSourceSink(IGrainFactory grains) : ISourceSink
{
    public Task<LeaseResult> AcquireAsync(string source, string holder, CancellationToken cancellationToken) =>
        grains.GetGrain<ISourceGrain>(source).AcquireAsync(holder).WaitAsync(cancellationToken);

    public Task<ReportResult> ReportAsync(string source, SourceReport report, CancellationToken cancellationToken) =>
        grains.GetGrain<ISourceGrain>(source).ReportAsync(report).WaitAsync(cancellationToken);

    public Task ReleaseAsync(string source, long epoch, CancellationToken cancellationToken) =>
        grains.GetGrain<ISourceGrain>(source).ReleaseAsync(epoch).WaitAsync(cancellationToken);
}
