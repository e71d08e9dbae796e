using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Grains.Storage;

/// <summary>
/// A state store in a SQLite file. Writes are transactions in a write-ahead log, so that a killed process loses none that was answered.
/// A file that is damaged is kept aside, said so, and a new one is begun.
/// </summary>
public sealed partial class SqliteStateStore : IStateStore, IAsyncDisposable
{
    private readonly SqliteConnection connection;
    private readonly SemaphoreSlim turn = new(1, 1);
    private bool isClosed;

    private SqliteStateStore(SqliteConnection connection, bool isNew)
    {
        this.connection = connection;
        IsNew = isNew;
    }

    /// <summary>Whether the file was begun by this process.</summary>
    public bool IsNew { get; }

    /// <exception cref="IOException">The file can be neither used nor moved aside; the message names it and says what to do.</exception>
    public static SqliteStateStore Open(string path, TimeProvider time, ILogger logger)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            bool isNew = !File.Exists(path);
            try
            {
                return new SqliteStateStore(Connect(path), isNew);
            }
            catch (SqliteException damage) when (damage.SqliteErrorCode is 11 or 26)
            {
                string aside = $"{path}.damaged-{time.GetUtcNow().ToString("yyyyMMddTHHmmssfff", CultureInfo.InvariantCulture)}";
                SqliteConnection.ClearAllPools();
                foreach (string suffix in (string[])["", "-wal", "-shm"])
                {
                    if (File.Exists(path + suffix))
                    {
                        File.Move(path + suffix, aside + suffix);
                    }
                }
                LogDamaged(logger, path, damage.Message, aside);
                return new SqliteStateStore(Connect(path), isNew: true);
            }
        }
        catch (Exception exception) when (exception is SqliteException or UnauthorizedAccessException or IOException)
        {
            throw new IOException(
                $"the state file {path} cannot be used: {exception.Message} Check that its folder exists and can be written, or name another with --data.", exception);
        }
    }

    /// <summary>Opens a file that is there, which another process may be using, for reading alone.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read; the message names it.</exception>
    public static SqliteStateStore OpenToRead(string path)
    {
        if (!File.Exists(path))
        {
            throw new IOException($"there is no state file {path}");
        }
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Check(connection);
            return new SqliteStateStore(connection, isNew: false);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new IOException($"the state file {path} cannot be read: {exception.Message}", exception);
        }
    }

    public Task<StoredRow?> ReadAsync(StateKey key, CancellationToken cancellationToken) => InTurn(() =>
    {
        using SqliteCommand command = Command("select name, etag, schema, payload from state where type = $type and key = $key and name = $name", key);
        return ReadRows(command, key).SingleOrDefault();
    }, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> ReadAllAsync(string grainType, string key, CancellationToken cancellationToken) => InTurn(() =>
    {
        var prefix = new StateKey(grainType, key, "");
        using SqliteCommand command = Command("select name, etag, schema, payload from state where type = $type and key = $key order by name", prefix);
        return (IReadOnlyList<StoredRow>)ReadRows(command, prefix);
    }, cancellationToken);

    public Task<IReadOnlyList<StoredRow>> ReadEverythingAsync(CancellationToken cancellationToken) => InTurn(() =>
    {
        var rows = new List<StoredRow>();
        using SqliteCommand command = Command("select type, key, name, etag, schema, payload from state order by type, key, name", default);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new StoredRow(
                new StateKey(reader.GetString(0), reader.GetString(1), reader.GetString(2)), reader.GetString(3), reader.GetInt32(4), reader.GetFieldValue<byte[]>(5)));
        }
        return (IReadOnlyList<StoredRow>)rows;
    }, cancellationToken);

    public Task<string> WriteAsync(
        StateKey key, int schema, ReadOnlyMemory<byte> payload, string? etag, CancellationToken cancellationToken) => InTurn(() =>
    {
        string next = etag is null ? "1" : (long.Parse(etag, CultureInfo.InvariantCulture) + 1).ToString(CultureInfo.InvariantCulture);
        using SqliteCommand command = Command(
            etag is null
                ? "insert or ignore into state (type, key, name, etag, schema, payload) values ($type, $key, $name, $next, $schema, $payload)"
                : "update state set etag = $next, schema = $schema, payload = $payload where type = $type and key = $key and name = $name and etag = $etag",
            key);
        command.Parameters.AddWithValue("$next", next);
        command.Parameters.AddWithValue("$etag", etag ?? "");
        command.Parameters.AddWithValue("$schema", schema);
        command.Parameters.AddWithValue("$payload", payload.ToArray());
        return command.ExecuteNonQuery() == 1 ? next : throw Conflict(key, etag);
    }, cancellationToken);

    public Task DeleteAsync(StateKey key, string? etag, CancellationToken cancellationToken) => InTurn(() =>
    {
        using SqliteCommand command = Command("delete from state where type = $type and key = $key and name = $name and etag = $etag", key);
        command.Parameters.AddWithValue("$etag", etag ?? "");
        return command.ExecuteNonQuery() == 1 || etag is null ? 0 : throw Conflict(key, etag);
    }, cancellationToken);

    public Task WriteBatchAsync(IReadOnlyCollection<StateWrite> writes, CancellationToken cancellationToken) => InTurn(() =>
    {
        using SqliteTransaction transaction = connection.BeginTransaction();
        using SqliteCommand upsert = Command(
            """
            insert into state (type, key, name, etag, schema, payload) values ($type, $key, $name, '1', $schema, $payload)
            on conflict (type, key, name) do update set etag = cast(cast(etag as integer) + 1 as text), schema = excluded.schema, payload = excluded.payload
            """, default);
        upsert.Parameters.AddWithValue("$schema", 0);
        upsert.Parameters.AddWithValue("$payload", Array.Empty<byte>());
        using SqliteCommand delete = Command("delete from state where type = $type and key = $key and name = $name", default);
        foreach (StateWrite write in writes)
        {
            SqliteCommand command = write.Payload is null ? delete : upsert;
            command.Parameters["$type"].Value = write.Key.GrainType;
            command.Parameters["$key"].Value = write.Key.Key;
            command.Parameters["$name"].Value = write.Key.Name;
            if (write.Payload is not null)
            {
                command.Parameters["$schema"].Value = write.Schema;
                command.Parameters["$payload"].Value = write.Payload;
            }
            command.ExecuteNonQuery();
        }
        transaction.Commit();
        return 0;
    }, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // It is known by two names, and let go by both.
        if (!isClosed)
        {
            isClosed = true;
            await turn.WaitAsync();
            await connection.DisposeAsync();
            turn.Dispose();
        }
    }

    private static SqliteConnection Connect(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText =
                """
                pragma journal_mode = wal;
                pragma synchronous = normal;
                create table if not exists state (
                    type text not null, key text not null, name text not null, etag text not null, schema integer not null, payload blob not null,
                    primary key (type, key, name)) without rowid;
                """;
            command.ExecuteNonQuery();
            Check(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Check(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "pragma quick_check(1)";
        if (command.ExecuteScalar() as string is not "ok" and var found)
        {
            throw new SqliteException($"the file is damaged: {found}", 11);
        }
    }

    private static List<StoredRow> ReadRows(SqliteCommand command, StateKey key)
    {
        var rows = new List<StoredRow>();
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(new StoredRow(key with { Name = reader.GetString(0) }, reader.GetString(1), reader.GetInt32(2), reader.GetFieldValue<byte[]>(3)));
        }
        return rows;
    }

    private static StateConflictException Conflict(StateKey key, string? etag) =>
        new($"{key.GrainType} {key.Key} {key.Name} was written by somebody else since etag {etag ?? "(none)"}");

    private SqliteCommand Command(string text, StateKey key)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.Parameters.AddWithValue("$type", key.GrainType ?? "");
        command.Parameters.AddWithValue("$key", key.Key ?? "");
        command.Parameters.AddWithValue("$name", key.Name ?? "");
        return command;
    }

    // SQLite's calls block: they run on the thread pool, one at a time.
    private async Task<T> InTurn<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, CancellationToken.None);
        }
        finally
        {
            turn.Release();
        }
    }

    [LoggerMessage(1, LogLevel.Error, "the state file {Path} is damaged ({Reason}): it is kept as {Aside}, and a new one is begun")]
    private static partial void LogDamaged(ILogger logger, string path, string reason, string aside);
}
