using Npgsql;

namespace ControlPlane.Grains.Storage.Postgres;

/// <summary>Statements that make tables.</summary>
/// <param name="Name">Of what it makes.</param>
/// <param name="Version">Raised with every change; a database that has it, or a later one, is left alone.</param>
/// <param name="Statements">They may be run on a database that an earlier version has made.</param>
public sealed record PostgresScript(string Name, int Version, string Statements)
{
    // Chosen once: processes of all versions must wait for each other.
    private const long Lock = 0x636F6E74726F6C;

    /// <summary>Runs those that the database has not had yet. Processes that do so at the same time wait for each other.</summary>
    /// <returns>How many were run.</returns>
    internal static async Task<int> ApplyAsync(NpgsqlDataSource source, string schema, IReadOnlyCollection<PostgresScript> scripts, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        // Usually all is there, and a role that may make no tables is enough.
        PostgresScript[] missing = [.. await MissingAsync(connection, scripts, cancellationToken)];
        if (missing.Length == 0)
        {
            return 0;
        }
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({Lock})", cancellationToken);
        if (await ScalarAsync(connection, "select current_schema()", cancellationToken) is not string)
        {
            await ExecuteAsync(connection, $"create schema \"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", cancellationToken);
        }
        await ExecuteAsync(connection, "create table if not exists scripts (name text primary key, version integer not null)", cancellationToken);
        missing = [.. await MissingAsync(connection, scripts, cancellationToken)];
        foreach (PostgresScript script in missing)
        {
            await ExecuteAsync(connection, script.Statements, cancellationToken);
            await using NpgsqlCommand mark = connection.CreateCommand();
            mark.CommandText = "insert into scripts (name, version) values ($1, $2) on conflict (name) do update set version = excluded.version";
            mark.Parameters.Add(new NpgsqlParameter<string> { TypedValue = script.Name });
            mark.Parameters.Add(new NpgsqlParameter<int> { TypedValue = script.Version });
            await mark.ExecuteNonQueryAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return missing.Length;
    }

    private static async Task<IEnumerable<PostgresScript>> MissingAsync(NpgsqlConnection connection, IReadOnlyCollection<PostgresScript> scripts, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<string, int>(StringComparer.Ordinal);
        if (await ScalarAsync(connection, "select to_regclass('scripts')::text", cancellationToken) is string)
        {
            await using NpgsqlCommand command = connection.CreateCommand();
            command.CommandText = "select name, version from scripts";
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                applied[reader.GetString(0)] = reader.GetInt32(1);
            }
        }
        return scripts.Where(script => applied.GetValueOrDefault(script.Name) < script.Version);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = text;
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
