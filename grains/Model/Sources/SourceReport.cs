using ControlPlane.Model.Configuration;

namespace ControlPlane.Model.Sources;

/// <summary>A batch from the holder of a source's lease. Every report renews the lease, an empty one too.</summary>
[GenerateSerializer, Immutable, Alias("cp.SourceReport")]
public sealed record SourceReport
{
    /// <summary>The lease's epoch: a report of an older one is refused.</summary>
    [Id(0)]
    public required long Epoch { get; init; }

    [Id(1)]
    public ValueList<ServicePart> Replaced { get; init; }

    [Id(2)]
    public ValueList<ServiceId> Removed { get; init; }

    /// <summary>Everything the source has is in <see cref="Replaced"/>: what is not is gone.</summary>
    [Id(3)]
    public bool IsWhole { get; init; }

    [Id(4)]
    public SourceState State { get; init; }

    /// <summary>Why it is stale; empty otherwise.</summary>
    [Id(5)]
    public string Reason { get; init; } = "";

    /// <summary>All problems there are now; null: as before.</summary>
    [Id(6)]
    public ValueList<Problem>? Problems { get; init; }

    /// <summary>All configuration objects of this source; null: as before.</summary>
    [Id(7)]
    public ValueList<ConfigObject>? Configuration { get; init; }

    /// <summary>Of a source that is not live: when what it says was last known to be right; null: not since this holder watches it.</summary>
    [Id(8)]
    public DateTimeOffset? LastGood { get; init; }
}

/// <summary>What became of a report.</summary>
/// <param name="Accepted">False: the lease is somebody else's by now.</param>
/// <param name="Incarnation">Of the receiver. When it is not the one the sender knows, the receiver may have forgotten: everything is sent again.</param>
[GenerateSerializer, Immutable, Alias("cp.ReportResult")]
public sealed record ReportResult([property: Id(0)] bool Accepted, [property: Id(1)] string Incarnation);

/// <summary>The answer to somebody who wants a source's lease.</summary>
/// <param name="Holder">Who has it now.</param>
/// <param name="Epoch">Goes into every report.</param>
/// <param name="Endpoints">How many endpoints the source is known to have.</param>
/// <param name="Duration">From the moment of asking, by the asker's own monotonic clock. The holder stops writing at two thirds of it unless renewed.</param>
[GenerateSerializer, Immutable, Alias("cp.LeaseResult")]
public sealed record LeaseResult(
    [property: Id(0)] bool Granted,
    [property: Id(1)] string Holder,
    [property: Id(2)] long Epoch,
    [property: Id(3)] TimeSpan Duration,
    [property: Id(4)] string Incarnation,
    [property: Id(5)] int Endpoints = 0);
