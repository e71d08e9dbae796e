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
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private readonly Lock gate = new();
    private Dictionary<string, CatalogRecord> unwritten = [];

    /// <summary>Everything that was known when the file was last written. A row that cannot be read is left out, and said.</summary>
    public async Task<IReadOnlyList<CatalogRecord>> LoadAsync(CancellationToken cancellationToken)
    {
        var records = new List<CatalogRecord>();
        foreach (StoredRow row in await store.ReadAllAsync(RowType, "", cancellationToken))
        {
            try
            {
                records.Add(StateJson.Read<CatalogRecord>(row));
            }
            catch (InvalidDataException damage)
            {
                LogUnreadable(logger, damage.Message);
            }
        }
        return records;
    }

    /// <summary>Will be written soon. A deleted record's row is removed.</summary>
    public void Save(CatalogRecord record)
    {
        lock (gate)
        {
            unwritten[record.Key] = record;
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
        lock (gate)
        {
            taken = unwritten;
            unwritten = [];
        }
        if (taken.Count == 0)
        {
            return;
        }
        try
        {
            await store.WriteBatchAsync(
                [.. taken.Values.Select(record => new StateWrite(
                    new StateKey(RowType, "", record.Key), StateJson.Schema, record.Deleted ? null : StateJson.Write(record)))],
                CancellationToken.None);
        }
        catch (Exception exception)
        {
            LogNotWritten(logger, exception.Message);
            lock (gate)
            {
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
