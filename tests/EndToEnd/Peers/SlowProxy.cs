using System.Net;
using System.Net.Sockets;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>Stands before a server on loopback and makes it slow, silent or unreachable.</summary>
public sealed class SlowProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly TcpListener listener;
    private IPEndPoint target;
    private readonly List<Task> running = [];
    private readonly List<Socket> open = [];

    /// <param name="address">Of the server, on loopback; null: 127.0.0.1.</param>
    public SlowProxy(int target, string? address = null)
    {
        this.target = new IPEndPoint(address is null ? IPAddress.Loopback : IPAddress.Parse(address), target);
        Port = Loopback.FreePort();
        listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        running.Add(AcceptAsync());
    }

    public int Port { get; }

    /// <summary>Before each piece (at most 16 KB) that is handed on, both ways.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Nothing is handed on; connections stay open.</summary>
    public bool IsSilent { get; set; }

    /// <summary>New connections go to another server on 127.0.0.1; those that are open break.</summary>
    public void TurnTo(int port)
    {
        target = new IPEndPoint(IPAddress.Loopback, port);
        Break();
    }

    /// <summary>How many connections there have been.</summary>
    public int Connections { get; private set; }

    /// <summary>Breaks all connections that are open.</summary>
    public void Break()
    {
        lock (open)
        {
            open.ForEach(socket => socket.Dispose());
            open.Clear();
        }
    }

    /// <summary>Loses what is on its way: nothing is handed on for a while, then all connections break.</summary>
    public async Task LoseAsync(TimeSpan after)
    {
        IsSilent = true;
        await Task.Delay(after, TimeProvider.System, stop.Token);
        Break();
        IsSilent = false;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        Break();
        Task[] all;
        lock (open)
        {
            all = [.. running];
        }
        await Task.WhenAll(all);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await listener.AcceptSocketAsync(stop.Token);
                Connections++;
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                try
                {
                    await server.ConnectAsync(target, stop.Token);
                }
                catch (SocketException)
                {
                    client.Dispose();
                    continue;
                }
                lock (open)
                {
                    open.AddRange([client, server]);
                    running.AddRange([PumpAsync(client, server), PumpAsync(server, client)]);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end of the test.
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, stop.Token) is > 0 and var length)
            {
                await Task.Delay(Delay, TimeProvider.System, stop.Token);
                while (IsSilent)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, stop.Token);
                }
                await to.SendAsync(buffer.AsMemory(0, length), stop.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side is gone: so is the other.
        }
        from.Dispose();
        to.Dispose();
    }
}
