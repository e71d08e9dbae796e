using System.Net.Sockets;

namespace ControlPlane.Silo.Agent.Checks;

/// <summary>A connection that is accepted.</summary>
internal sealed class TcpCheck(string host, int port) : IHealthCheck
{
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, port, cancellationToken);
            return null;
        }
        catch (SocketException error)
        {
            return $"{host}:{port}: {error.Message}";
        }
    }
}
