using ControlPlane.Grains.Storage;

namespace ControlPlane.Tests.Unit.Storage;

/// <summary>Rows in memory, written in batches, that fails when it is told to.</summary>
internal sealed class MemoryStore : IStateStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<(string Type, string Key, string Name), StoredRow> rows = [];
    private int failures;

    public bool Fails { get; set; }

    public int Failures => Volatile.Read(ref failures);

    public List<IReadOnlyCollection<StateWrite>> Batches { get; } = [];

    public Task<StoredRow?> ReadAsync(StateKey key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(rows.GetValueOrDefault((key.GrainType, key.Key, key.Name)));
        }
    }

    public Task<IReadOnlyList<StoredRow>> ReadAllAsync(string grainType, string key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<StoredRow>>([.. rows.Where(row => row.Key.Type == grainType && row.Key.Key == key).Select(row => row.Value)]);
        }
    }

    public Task<IReadOnlyList<StoredRow>> ReadEverythingAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<StoredRow>>([.. rows.Values]);
        }
    }

    public Task WriteBatchAsync(IReadOnlyCollection<StateWrite> writes, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (Fails)
            {
                failures++;
                throw new IOException("the disk is full");
            }
            Batches.Add(writes);
            foreach (StateWrite write in writes)
            {
                (string, string, string) place = (write.Key.GrainType, write.Key.Key, write.Key.Name);
                if (write.Payload is null)
                {
                    rows.Remove(place);
                }
                else
                {
                    rows[place] = new StoredRow(write.Key, "1", write.Schema, write.Payload);
                }
            }
        }
        return Task.CompletedTask;
    }

    public Task<string> WriteAsync(StateKey key, int schema, ReadOnlyMemory<byte> payload, string? etag, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteAsync(StateKey key, string? etag, CancellationToken cancellationToken) => throw new NotSupportedException();
}
