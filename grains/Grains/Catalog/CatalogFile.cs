using ControlPlane.Grains.Storage;
using ControlPlane.Model.Catalog;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Grains.Catalog;

/// <summary>
/// What this silo knew, in a file of its own: written behind, within a second, only what changed. A process that starts serves it before it has
/// joined anything.
/// </summary>
public sealed partial class CatalogFile(IStateStore store, TimeProvider time, ILogger<CatalogFile> logger)
{
    private const string RowType = "catalog";
    private static readonly StateKey CompleteRow = new("catalog-complete", "", "");
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private readonly Lock gate = new();
    private Dictionary<string, CatalogRecord> unwritten = [];
    private bool isComplete;
    private bool isCompleteWritten;
    private int beingWritten;

    /// <summary>How many records are known and not yet in the file.</summary>
    public int Unwritten
    {
        get
        {
            lock (gate)
            {
                return unwritten.Count + beingWritten + (isComplete && !isCompleteWritten ? 1 : 0);
            }
        }
    }

    /// <summary>Whether a row is of such a file.</summary>
    public static bool HasRow(StateKey key) => key.GrainType == RowType || key.GrainType == CompleteRow.GrainType;

    /// <summary>Everything that was known when the file was last written. A row that cannot be read is left out, and said.</summary>
    public async Task<CatalogFileContent> LoadAsync(CancellationToken cancellationToken)
    {
        var records = new List<CatalogRecord>();
        bool isWhole = await store.ReadAsync(CompleteRow, cancellationToken) is not null;
        foreach (StoredRow row in await store.ReadAllAsync(RowType, "", cancellationToken))
        {
            try
            {
                records.Add(StateJson.Read<CatalogRecord>(row));
            }
            catch (InvalidDataException damage)
            {
                LogUnreadable(logger, damage.Message);
                isWhole = false;
            }
        }
        return new CatalogFileContent(records, isWhole);
    }

    /// <summary>Will be written soon. A deleted record's row is removed.</summary>
    public void Save(CatalogRecord record)
    {
        lock (gate)
        {
            unwritten[record.Key] = record;
        }
    }

    /// <summary>With all that was saved until now the catalog is complete.</summary>
    public void MarkComplete()
    {
        lock (gate)
        {
            isComplete = true;
        }
    }

    /// <summary>Writes until it is cancelled, and what is left then.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(Period, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await WriteAsync();
        }
    }

    private async Task WriteAsync()
    {
        Dictionary<string, CatalogRecord> taken;
        bool marks;
        lock (gate)
        {
            taken = unwritten;
            unwritten = [];
            marks = isComplete && !isCompleteWritten;
            beingWritten = taken.Count;
        }
        if (taken.Count == 0 && !marks)
        {
            return;
        }
        try
        {
            IEnumerable<StateWrite> writes = taken.Values.Select(record => new StateWrite(
                new StateKey(RowType, "", record.Key), StateJson.Schema, record.Deleted ? null : StateJson.Write(record)));
            // In one transaction with what makes it complete.
            await store.WriteBatchAsync([.. writes, .. marks ? [new StateWrite(CompleteRow, StateJson.Schema, [])] : Array.Empty<StateWrite>()], CancellationToken.None);
            lock (gate)
            {
                isCompleteWritten |= marks;
                beingWritten = 0;
            }
        }
        catch (Exception exception)
        {
            LogNotWritten(logger, exception.Message);
            lock (gate)
            {
                beingWritten = 0;
                foreach ((string key, CatalogRecord record) in taken)
                {
                    unwritten.TryAdd(key, record);
                }
            }
        }
    }

    [LoggerMessage(1, LogLevel.Error, "the catalog's file could not be written and will be tried again: {Reason}")]
    private static partial void LogNotWritten(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Error, "an entry of the catalog's file is left out: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string reason);
}

/// <summary>What the file had.</summary>
/// <param name="IsComplete">Whether it once had everything: then what is not in it did not exist. Else it was cut off while it was written for the first time.</param>
public sealed record CatalogFileContent(IReadOnlyList<CatalogRecord> Records, bool IsComplete);
