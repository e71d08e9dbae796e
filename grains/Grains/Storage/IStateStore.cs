namespace ControlPlane.Grains.Storage;

/// <summary>One table: (grain type, key, name) to (etag, schema, payload). The same on every database and with every engine.</summary>
public interface IStateStore
{
    /// <summary>The row, or null.</summary>
    Task<StoredRow?> ReadAsync(StateKey key, CancellationToken cancellationToken);

    /// <summary>All rows of a grain, in the order of their names.</summary>
    Task<IReadOnlyList<StoredRow>> ReadAllAsync(string grainType, string key, CancellationToken cancellationToken);

    /// <summary>All rows, as they are at one moment, in the order of their keys.</summary>
    Task<IReadOnlyList<StoredRow>> ReadEverythingAsync(CancellationToken cancellationToken);

    /// <summary>Writes a row that must still have the etag it was read with; null: that must not exist.</summary>
    /// <returns>The new etag.</returns>
    /// <exception cref="StateConflictException">Somebody else wrote since.</exception>
    Task<string> WriteAsync(StateKey key, int schema, ReadOnlyMemory<byte> payload, string? etag, CancellationToken cancellationToken);

    /// <exception cref="StateConflictException">Somebody else wrote since.</exception>
    Task DeleteAsync(StateKey key, string? etag, CancellationToken cancellationToken);

    /// <summary>Writes and deletes (null payload) rows without condition, all of them or none.</summary>
    Task WriteBatchAsync(IReadOnlyCollection<StateWrite> writes, CancellationToken cancellationToken);
}

public readonly record struct StateKey(string GrainType, string Key, string Name);

public sealed record StoredRow(StateKey Key, string ETag, int Schema, byte[] Payload);

public sealed record StateWrite(StateKey Key, int Schema, byte[]? Payload);

/// <summary>A conditional write found another etag.</summary>
public sealed class StateConflictException : Exception
{
    public StateConflictException()
    {
    }

    public StateConflictException(string message) : base(message)
    {
    }

    public StateConflictException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
