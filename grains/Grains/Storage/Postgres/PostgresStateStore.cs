using System.Globalization;
using Npgsql;

namespace ControlPlane.Grains.Storage.Postgres;

/// <summary>A state store in a PostgreSQL database that several processes share. Rows and etags are those of <see cref="SqliteStateStore"/>.</summary>
public sealed class PostgresStateStore(PostgresDatabase database) : IStateStore
{
    /// <summary>The table. Its texts are ordered by their bytes, as everywhere else.</summary>
    internal static readonly PostgresScript Script = new("state", 1,
        """
        create table if not exists state (
            region text not null collate "C", type text not null collate "C", key text not null collate "C", name text not null collate "C",
            etag text not null, schema integer not null, payload bytea not null,
            primary key (region, type, key, name))
        """);

    public async Task<StoredRow?> ReadAsync(StateKey key, CancellationToken cancellationToken) => (await ReadRowsAsync(
        "select name, etag, schema, payload from state where region = $1 and type = $2 and key = $3 and name = $4", key,
        [database.Region, key.GrainType, key.Key, key.Name], cancellationToken)).SingleOrDefault();

    public async Task<IReadOnlyList<StoredRow>> ReadAllAsync(string grainType, string key, CancellationToken cancellationToken) => await ReadRowsAsync(
        "select name, etag, schema, payload from state where region = $1 and type = $2 and key = $3 order by name", new StateKey(grainType, key, ""),
        [database.Region, grainType, key], cancellationToken);

    public async Task<IReadOnlyList<StoredRow>> ReadEverythingAsync(CancellationToken cancellationToken)
    {
        await database.PrepareAsync(cancellationToken);
        return await database.RunAsync(async token =>
        {
            var rows = new List<StoredRow>();
            // One statement sees one moment.
            await using NpgsqlCommand command = Command("select type, key, name, etag, schema, payload from state where region = $1 order by type, key, name", [database.Region]);
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(token);
            while (await reader.ReadAsync(token))
            {
                rows.Add(new StoredRow(
                    new StateKey(reader.GetString(0), reader.GetString(1), reader.GetString(2)), reader.GetString(3), reader.GetInt32(4), reader.GetFieldValue<byte[]>(5)));
            }
            return rows;
        }, cancellationToken);
    }

    public async Task<string> WriteAsync(StateKey key, int schema, ReadOnlyMemory<byte> payload, string? etag, CancellationToken cancellationToken)
    {
        string next = etag is null ? "1" : (long.Parse(etag, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
        int written = await ExecuteAsync(
            etag is null
                ? "insert into state (region, type, key, name, etag, schema, payload) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing"
                : "update state set etag = $5, schema = $6, payload = $7 where region = $1 and type = $2 and key = $3 and name = $4 and etag = $8",
            [database.Region, key.GrainType, key.Key, key.Name, next, schema, payload.ToArray(), .. etag is null ? Array.Empty<object>() : [etag]], cancellationToken);
        return written == 1 ? next : throw Conflict(key, etag);
    }

    public async Task DeleteAsync(StateKey key, string? etag, CancellationToken cancellationToken)
    {
        int deleted = await ExecuteAsync(
            "delete from state where region = $1 and type = $2 and key = $3 and name = $4 and etag = $5",
            [database.Region, key.GrainType, key.Key, key.Name, etag ?? ""], cancellationToken);
        if (deleted == 0 && etag is not null)
        {
            throw Conflict(key, etag);
        }
    }

    public async Task WriteBatchAsync(IReadOnlyCollection<StateWrite> writes, CancellationToken cancellationToken)
    {
        // The last word on a row counts; in the order of their keys, so that two that write the same rows wait for each other instead of both failing.
        StateWrite[] last = [.. writes.Reverse().DistinctBy(write => write.Key)
            .OrderBy(write => write.Key.GrainType, StringComparer.Ordinal).ThenBy(write => write.Key.Key, StringComparer.Ordinal).ThenBy(write => write.Key.Name, StringComparer.Ordinal)];
        StateWrite[] kept = [.. last.Where(write => write.Payload is not null)];
        StateWrite[] gone = [.. last.Where(write => write.Payload is null)];
        await database.PrepareAsync(cancellationToken);
        await database.RunAsync(async token =>
        {
            await using NpgsqlConnection connection = await database.Source.OpenConnectionAsync(token);
            // A batch is a transaction.
            await using var batch = new NpgsqlBatch(connection);
            if (kept.Length > 0)
            {
                batch.BatchCommands.Add(Command(
                    """
                    insert into state (region, type, key, name, etag, schema, payload)
                    select $1, row.type, row.key, row.name, '1', row.schema, row.payload
                    from unnest($2, $3, $4, $5, $6) as row (type, key, name, schema, payload)
                    on conflict (region, type, key, name) do update set etag = (state.etag::bigint + 1)::text, schema = excluded.schema, payload = excluded.payload
                    """,
                    kept, kept.Select(write => write.Schema).ToArray(), kept.Select(write => write.Payload!).ToArray()));
            }
            if (gone.Length > 0)
            {
                batch.BatchCommands.Add(Command(
                    """
                    delete from state using unnest($2, $3, $4) as row (type, key, name)
                    where state.region = $1 and state.type = row.type and state.key = row.key and state.name = row.name
                    """, gone));
            }
            return kept.Length + gone.Length == 0 ? 0 : await batch.ExecuteNonQueryAsync(token);
        }, cancellationToken);
    }

    private static StateConflictException Conflict(StateKey key, string? etag) =>
        new($"{key.GrainType} {key.Key} {key.Name} was written by somebody else since etag {etag ?? "(none)"}");

    private NpgsqlBatchCommand Command(string text, StateWrite[] writes, params object[] more)
    {
        var command = new NpgsqlBatchCommand(text);
        object[] parameters = [
            database.Region, writes.Select(write => write.Key.GrainType).ToArray(), writes.Select(write => write.Key.Key).ToArray(),
            writes.Select(write => write.Key.Name).ToArray(), .. more];
        foreach (object parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }
        return command;
    }

    // A connection that its server has closed meanwhile fails when it is used: what only reads is tried once more.
    private async Task<List<StoredRow>> ReadRowsAsync(string text, StateKey key, object[] parameters, CancellationToken cancellationToken)
    {
        await database.PrepareAsync(cancellationToken);
        try
        {
            return await database.RunAsync(token => QueryAsync(text, key, parameters, token), cancellationToken);
        }
        catch (IOException lost) when (lost.InnerException is NpgsqlException { IsTransient: true } and not PostgresException { SqlState: "57P03" })
        {
            return await database.RunAsync(token => QueryAsync(text, key, parameters, token), cancellationToken);
        }
    }

    private async Task<List<StoredRow>> QueryAsync(string text, StateKey key, object[] parameters, CancellationToken cancellationToken)
    {
        var rows = new List<StoredRow>();
        await using NpgsqlCommand command = Command(text, parameters);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new StoredRow(key with { Name = reader.GetString(0) }, reader.GetString(1), reader.GetInt32(2), reader.GetFieldValue<byte[]>(3)));
        }
        return rows;
    }

    private async Task<int> ExecuteAsync(string text, object[] parameters, CancellationToken cancellationToken)
    {
        await database.PrepareAsync(cancellationToken);
        return await database.RunAsync(async token =>
        {
            await using NpgsqlCommand command = Command(text, parameters);
            return await command.ExecuteNonQueryAsync(token);
        }, cancellationToken);
    }

    private NpgsqlCommand Command(string text, object[] parameters)
    {
        NpgsqlCommand command = database.Source.CreateCommand(text);
        foreach (object parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }
        return command;
    }
}
