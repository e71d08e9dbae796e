using System.Net;
using System.Net.Sockets;
using System.Text;
using ControlPlane.Silo.Rest;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Agent.Probes;

/// <summary>Finds out whether an address of a gateway answers, and how far away it is.</summary>
/// <param name="timeout">For all of one probe.</param>
internal sealed class AddressProbe(TimeSpan timeout, TimeProvider time)
{
    /// <summary>A name that no gateway has a filter chain for: nothing is called by probing.</summary>
    public const string ServerName = "probe.controlplane";

    /// <summary>It is alive as soon as one of the addresses that its host stands for answers.</summary>
    public async Task<ProbeBody.Result> RunAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        string reason = "it has no address";
        foreach (string address in target.Addresses)
        {
            long start = time.GetTimestamp();
            try
            {
                var end = new IPEndPoint(IPAddress.Parse(address), target.Port);
                using var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(end, either.Token);
                double roundTrip = Math.Round(time.GetElapsedTime(start).TotalMilliseconds, 3);
                reason = await AskAsync(socket, target, either.Token) ?? "";
                if (reason.Length == 0)
                {
                    return new ProbeBody.Result(target.Gateway, target.Host, target.Port, true, null, roundTrip);
                }
            }
            catch (SocketException error)
            {
                reason = $"{address}:{target.Port}: {error.Message}";
            }
            catch (OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                reason = $"{address}:{target.Port}: no answer within {timeout.TotalMilliseconds} ms";
                break;
            }
        }
        return new ProbeBody.Result(target.Gateway, target.Host, target.Port, false, reason, null);
    }

    private static Task<string?> AskAsync(Socket socket, ProbeTarget target, CancellationToken cancellationToken) => target.Protocol switch
    {
        ProbeProtocol.Tls => AskTlsAsync(socket, cancellationToken),
        ProbeProtocol.Http => AskHttpAsync(socket, target, cancellationToken),
        _ => Task.FromResult<string?>(null),
    };

    // Envoy ends a connection whose name it has no filter chain for, and because it has not read what was sent, the system makes that a reset.
    private static async Task<string?> AskTlsAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] answer = new byte[1];
        try
        {
            await socket.SendAsync(ClientHello.For(ServerName), cancellationToken);
            return await socket.ReceiveAsync(answer, cancellationToken) == 0 || answer[0] is ClientHello.Alert or ClientHello.Handshake
                ? null
                : $"{socket.RemoteEndPoint} answers with something else than TLS";
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return null;
        }
    }

    private static async Task<string?> AskHttpAsync(Socket socket, ProbeTarget target, CancellationToken cancellationToken)
    {
        string host = IPAddress.TryParse(target.Host, out IPAddress? literal) && literal.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{target.Host}]" : target.Host;
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}:{target.Port}\r\nUser-Agent: controlplane-probe\r\nConnection: close\r\n\r\n"), cancellationToken);
        byte[] expected = "HTTP/"u8.ToArray();
        byte[] answer = new byte[expected.Length];
        int read = 0;
        while (read < answer.Length)
        {
            int count = await socket.ReceiveAsync(answer.AsMemory(read), cancellationToken);
            if (count == 0)
            {
                return $"{socket.RemoteEndPoint} ends the connection without an answer";
            }
            read += count;
        }
        return answer.AsSpan().SequenceEqual(expected) ? null : $"{socket.RemoteEndPoint} answers with something else than HTTP";
    }
}
