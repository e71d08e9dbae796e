using ControlPlane.Model.Sources;

namespace ControlPlane.Adapters.Hosting;

/// <summary>Where the reports of a source go, and who gives its lease.</summary>
public interface ISourceSink
{
    Task<LeaseResult> AcquireAsync(string source, string holder, CancellationToken cancellationToken);

    Task<ReportResult> ReportAsync(string source, SourceReport report, CancellationToken cancellationToken);

    /// <summary>Gives the lease back, so that another silo has it at once.</summary>
    Task ReleaseAsync(string source, long epoch, CancellationToken cancellationToken);
}

/// <summary>The silos that may hold leases.</summary>
public interface IClusterInfo
{
    /// <summary>This process: a name that no other process ever has.</summary>
    string Self { get; }

    IReadOnlyCollection<string> Members { get; }
}
