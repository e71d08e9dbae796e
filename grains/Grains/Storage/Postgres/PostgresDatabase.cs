using System.Net.Sockets;
using Npgsql;

namespace ControlPlane.Grains.Storage.Postgres;

/// <summary>The database that the processes of a region share. It is reached when it is used: it need not be there when this is made.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private readonly IReadOnlyList<PostgresScript> scripts;
    private readonly SemaphoreSlim preparing = new(1, 1);
    private volatile bool isPrepared;

    /// <param name="region">The region whose rows these are: several may share a database.</param>
    /// <param name="scripts">What it needs beside the table of states.</param>
    public PostgresDatabase(PostgresAddress address, string region, IEnumerable<PostgresScript> scripts)
    {
        Address = address;
        Region = region;
        this.scripts = [PostgresStateStore.Script, .. scripts];
        Source = NpgsqlDataSource.Create(address.ConnectionString);
    }

    public PostgresAddress Address { get; }

    public string Region { get; }

    /// <summary>Connections to it, from a pool.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Makes the tables that are not there yet.</summary>
    /// <exception cref="IOException">It cannot be reached, or does not let us.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (isPrepared)
        {
            return;
        }
        await preparing.WaitAsync(cancellationToken);
        try
        {
            if (!isPrepared)
            {
                await RunAsync(token => PostgresScript.ApplyAsync(Source, Address.Schema, scripts, token), cancellationToken);
                isPrepared = true;
            }
        }
        finally
        {
            preparing.Release();
        }
    }

    /// <summary>Runs work whose failures say, in plain words, which database failed.</summary>
    /// <exception cref="IOException">It cannot be reached, or refuses.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or SocketException or TimeoutException or IOException)
        {
            if (exception is not PostgresException { IsTransient: false })
            {
                // The other connections of the pool are of the same server, and would fail one by one.
                Source.Clear();
            }
            throw new IOException($"{Address.Description}: {ReasonOf(exception)}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        preparing.Dispose();
    }

    private static string ReasonOf(Exception exception) => exception switch
    {
        PostgresException refused => $"it refuses ({refused.SqlState}): {refused.MessageText}",
        { InnerException: SocketException socket } => $"it cannot be reached: {socket.Message}",
        { InnerException: TimeoutException } or TimeoutException => "it does not answer in time",
        _ => exception.Message,
    };
}
