using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Npgsql;

namespace ControlPlane.Grains.Storage.Postgres;

/// <summary>
/// A process's word, kept by a session of its own, that it works on a region: alone, or along with others that say so, too. It ends with the session, however that ends.
/// </summary>
public sealed class RegionClaim : IAsyncDisposable
{
    private readonly PostgresDatabase database;
    private readonly NpgsqlConnection session;

    private RegionClaim(PostgresDatabase database, NpgsqlConnection session)
    {
        this.database = database;
        this.session = session;
    }

    /// <summary>Claims the region for this process alone.</summary>
    /// <returns>Null: others have it.</returns>
    /// <exception cref="IOException">The database cannot be reached.</exception>
    public static Task<RegionClaim?> TryTakeAloneAsync(PostgresDatabase database, CancellationToken cancellationToken) => OpenAsync(
        database, (session, token) => AskAsync(session, "select pg_try_advisory_lock($1)", database, token), cancellationToken);

    /// <summary>Claims the region along with others that do so.</summary>
    /// <param name="whenFirst">Done where nobody else has a claim, before anybody else gets one.</param>
    /// <returns>Null: somebody has it alone.</returns>
    /// <exception cref="IOException">The database cannot be reached.</exception>
    public static Task<RegionClaim?> TryTakeSharedAsync(PostgresDatabase database, Func<NpgsqlConnection, CancellationToken, Task> whenFirst, CancellationToken cancellationToken) => OpenAsync(
        database, async (session, token) =>
        {
            if (!await AskAsync(session, "select pg_try_advisory_lock($1)", database, token))
            {
                return await AskAsync(session, "select pg_try_advisory_lock_shared($1)", database, token);
            }
            await whenFirst(session, token);
            // A session may have both.
            return await AskAsync(session, "select pg_try_advisory_lock_shared($1)", database, token) && await AskAsync(session, "select pg_advisory_unlock($1)", database, token);
        }, cancellationToken);

    /// <summary>Waits until the session has ended, and the claim with it.</summary>
    /// <exception cref="IOException">It has.</exception>
    public Task WaitUntilLostAsync(CancellationToken cancellationToken) => database.RunAsync<int>(async token =>
    {
        while (true)
        {
            await session.WaitAsync(token);
        }
    }, cancellationToken);

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private static Task<RegionClaim?> OpenAsync(PostgresDatabase database, Func<NpgsqlConnection, CancellationToken, Task<bool>> take, CancellationToken cancellationToken) =>
        database.RunAsync(async token =>
        {
            var session = new NpgsqlConnection($"{database.Address.ConnectionString};Pooling=false");
            try
            {
                await session.OpenAsync(token);
                if (await take(session, token))
                {
                    return new RegionClaim(database, session);
                }
            }
            catch
            {
                await session.DisposeAsync();
                throw;
            }
            await session.DisposeAsync();
            return null;
        }, cancellationToken);

    private static async Task<bool> AskAsync(NpgsqlConnection session, string text, PostgresDatabase database, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = session.CreateCommand();
        command.CommandText = text;
        byte[] name = Encoding.UTF8.GetBytes($"controlplane\n{database.Address.Schema}\n{database.Region}");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = BinaryPrimitives.ReadInt64BigEndian(XxHash3.Hash(name)) });
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }
}
