#if ORLEANS
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Orleans.Runtime;

namespace ControlPlane.Silo.Engine.Membership;

/// <summary>
/// Silos that the table calls active and that are not there. Others declare a silo dead; where all were killed nobody is left to do so, and the first one that
/// comes back would wait for them in vain.
/// </summary>
internal static class DeadSilos
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Called while nobody else has a claim of the region. A silo that takes connections lives all the same: its session may have ended with the database.</summary>
    public static async Task BuryAsync(NpgsqlConnection session, string region, CancellationToken cancellationToken)
    {
        List<(string Address, int Port, int Generation)> silos = await ReadAsync(session, region, cancellationToken);
        bool[] alive = await Task.WhenAll(silos.Select(silo => AnswersAsync(silo.Address, silo.Port, cancellationToken)));
        foreach ((string address, int port, int generation) in silos.Where((_, i) => !alive[i]))
        {
            await using NpgsqlCommand bury = session.CreateCommand();
            bury.CommandText = string.Create(CultureInfo.InvariantCulture,
                $"""
                with buried as (
                    update silos set Status = {(int)SiloStatus.Dead} where DeploymentId = $1 and Address = $2 and Port = $3 and Generation = $4 returning DeploymentId)
                update silo_versions v set Version = v.Version + 1, changed = now() from buried where v.DeploymentId = buried.DeploymentId
                """);
            bury.Parameters.Add(new NpgsqlParameter<string> { TypedValue = region });
            bury.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
            bury.Parameters.Add(new NpgsqlParameter<int> { TypedValue = port });
            bury.Parameters.Add(new NpgsqlParameter<int> { TypedValue = generation });
            await bury.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<List<(string Address, int Port, int Generation)>> ReadAsync(NpgsqlConnection session, string region, CancellationToken cancellationToken)
    {
        var silos = new List<(string Address, int Port, int Generation)>();
        await using NpgsqlCommand read = session.CreateCommand();
        read.CommandText = string.Create(CultureInfo.InvariantCulture, $"select Address, Port, Generation from silos where DeploymentId = $1 and Status <> {(int)SiloStatus.Dead}");
        read.Parameters.Add(new NpgsqlParameter<string> { TypedValue = region });
        await using NpgsqlDataReader reader = await read.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            silos.Add((reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2)));
        }
        return silos;
    }

    private static async Task<bool> AnswersAsync(string address, int port, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Parse(address), port, deadline.Token);
            return true;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
#endif
