using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using Orleans.Concurrency;

namespace ControlPlane.Grains.Catalog;

/// <summary>A shard of the catalog: the ordered log of its records' newest versions. In memory only.</summary>
[Alias("cp.ICatalogGrain")]
public interface ICatalogGrain : IGrainWithStringKey
{
    /// <summary>Takes a record that is newer than what is known under its key; the same one again is taken without effect.</summary>
    [AlwaysInterleave, Alias("Publish")]
    Task<PublishResult> PublishAsync(CatalogRecord record);

    /// <summary>
    /// Newer records than this shard has told a reader: it began anew, and an author whose epoch is older than that of those has told it something. It takes them, and so the
    /// authors learn that they have to speak with a higher one.
    /// </summary>
    [AlwaysInterleave, Alias("Refute")]
    Task RefuteAsync(ValueList<CatalogRecord> records);

    /// <summary>What came after a place in the log: at once when there is something, empty after two seconds.</summary>
    [AlwaysInterleave, Alias("ChangesSince"), ResponseTimeout("00:00:20")]
    Task<CatalogChanges> ChangesSinceAsync(string incarnation, long sequence, CancellationToken cancellationToken);

    /// <summary>Compares what a source says with what is here of it.</summary>
    [AlwaysInterleave, Alias("Compare")]
    Task<ComparedDigest> CompareAsync(string source, ShardDigest digest);
}

/// <param name="Known">The version that is known under the key.</param>
[GenerateSerializer, Immutable, Alias("cp.PublishResult")]
public sealed record PublishResult([property: Id(0)] bool Accepted, [property: Id(1)] RecordVersion Known);

/// <summary>An answer of the log.</summary>
/// <param name="Sequence">To ask on from.</param>
/// <param name="IsSnapshot">These are all records there are: the asker's place was of another incarnation.</param>
/// <param name="IsComplete">Every source has been compared with this incarnation: what is not in it is not there.</param>
[GenerateSerializer, Immutable, Alias("cp.CatalogChanges")]
public sealed record CatalogChanges(
    [property: Id(0)] string Incarnation,
    [property: Id(1)] long Sequence,
    [property: Id(2)] bool IsSnapshot,
    [property: Id(3)] bool IsComplete,
    [property: Id(4)] ValueList<CatalogRecord> Records);

/// <param name="Parts">What is here of the source, where it does not match.</param>
[GenerateSerializer, Immutable, Alias("cp.ComparedDigest")]
public sealed record ComparedDigest([property: Id(0)] bool Matches, [property: Id(1)] ValueList<ShardPart> Parts);

[GenerateSerializer, Immutable, Alias("cp.ShardPart")]
public readonly record struct ShardPart([property: Id(0)] ServiceId Service, [property: Id(1)] RecordVersion Version);
