using ControlPlane.Grains.Storage;
using ControlPlane.Model;

namespace ControlPlane.Grains.Catalog;

/// <summary>
/// Hands out epochs: each is one conditional write, higher than all before it in this region. The generation is raised when the store is new,
/// so that what this region says now is above what it said in an earlier life.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "lives as long as the process")]
public sealed class Epochs(IStateStore store, TimeProvider time)
{
    private static readonly StateKey Row = new("epochs", "region", "");
    private readonly SemaphoreSlim raising = new(1, 1);
    private RecordVersion? shared;
    private long counter;

    /// <summary>Takes an epoch, as a version with counter 0.</summary>
    public async Task<RecordVersion> NextAsync(CancellationToken cancellationToken)
    {
        EpochState next = await ChangeAsync(last => last with { Epoch = last.Epoch + 1 }, cancellationToken);
        return new RecordVersion(next.Generation, next.Epoch, 0);
    }

    /// <summary>
    /// The generation of this region, for another one that has heard a generation of it. A region that began with nothing, or was restored, and that nobody
    /// has heard since, raises its own above that: its word counts again.
    /// </summary>
    /// <param name="heard">The highest that the other one has heard; 0: none.</param>
    /// <returns>Null: a later life of this region has been heard, and this one's word does not count any more.</returns>
    public async Task<long?> GenerationForAsync(long heard, CancellationToken cancellationToken)
    {
        EpochState state = await ChangeAsync(
            last => heard <= last.Generation ? last with { IsHeard = true } : last.IsHeard ? last : last with { Generation = heard + 1, IsHeard = true }, cancellationToken);
        return heard > state.Generation ? null : state.Generation;
    }

    /// <summary>What is written where earlier state is restored: later epochs are above all that anybody has heard of those rows, and of what came after them.</summary>
    /// <param name="rows">Those that are restored, and those that they replace.</param>
    public static StateWrite Restored(IEnumerable<StoredRow> rows, TimeProvider time)
    {
        EpochState[] known = [.. rows.Where(row => row.Key == Row).Select(StateJson.Read<EpochState>)];
        var state = new EpochState(
            Math.Max(time.GetUtcNow().ToUnixTimeSeconds(), known.Select(epochs => epochs.Generation).DefaultIfEmpty().Max() + 1),
            known.Select(epochs => epochs.Epoch).DefaultIfEmpty().Max());
        return new StateWrite(Row, StateJson.Schema, StateJson.Write(state));
    }

    private async Task<EpochState> ChangeAsync(Func<EpochState, EpochState> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            StoredRow? row = await store.ReadAsync(Row, cancellationToken);
            EpochState last = row is null ? new EpochState(time.GetUtcNow().ToUnixTimeSeconds(), 0) : StateJson.Read<EpochState>(row);
            EpochState next = change(last);
            if (row is not null && next == last)
            {
                return next;
            }
            try
            {
                await store.WriteAsync(Row, StateJson.Schema, StateJson.Write(next), row?.ETag, cancellationToken);
                return next;
            }
            catch (StateConflictException)
            {
                // Another silo changed it at the same time.
            }
        }
    }

    /// <summary>
    /// A version above all that this silo has given out, for authors that store nothing themselves: they share the silo's epoch, which is taken
    /// on first use, and its counter.
    /// </summary>
    public async ValueTask<RecordVersion> StampAsync(CancellationToken cancellationToken)
    {
        RecordVersion current = shared ?? await RaiseAsync(default, cancellationToken);
        return current with { Counter = Interlocked.Increment(ref counter) };
    }

    /// <summary>Takes a new epoch for the silo, because a version was heard that is higher than the silo's.</summary>
    public async Task<RecordVersion> RaiseAsync(RecordVersion above, CancellationToken cancellationToken)
    {
        await raising.WaitAsync(cancellationToken);
        try
        {
            if (shared is not { } current || current with { Counter = long.MaxValue } < above)
            {
                shared = await NextAsync(cancellationToken);
            }
            return shared.Value;
        }
        finally
        {
            raising.Release();
        }
    }
}

/// <param name="IsHeard">Whether another region has heard this generation.</param>
public sealed record EpochState(long Generation, long Epoch, bool IsHeard = false);
