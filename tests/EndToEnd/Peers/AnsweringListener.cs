using System.Net;
using System.Net.Sockets;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A TCP listener that answers whoever sends something, and ends the connection: as a gateway that dies and comes back at its address.</summary>
internal sealed class AnsweringListener : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly byte[]? answer;
    private readonly Task running;
    private readonly CancellationTokenSource stop = new();

    private AnsweringListener(IPEndPoint endPoint, byte[]? answer)
    {
        this.answer = answer;
        listener = new TcpListener(endPoint);
        listener.Start();
        running = RunAsync();
    }

    /// <summary>A fatal alert of TLS: what a server says to a client that it has nothing for.</summary>
    public static byte[] TlsAlert => [0x15, 3, 3, 0, 2, 2, 112];

    /// <param name="answer">Null: it takes what is sent and says nothing.</param>
    public static AnsweringListener Start(string host, int port, byte[]? answer) => new(new IPEndPoint(IPAddress.Parse(host), port), answer);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        listener.Stop();
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(AnswerAsync(await listener.AcceptSocketAsync(stop.Token)));
                open.RemoveAll(task => task.IsCompletedSuccessfully);
            }
        }
        catch (OperationCanceledException)
        {
        }
        await Task.WhenAll(open);
    }

    private async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                byte[] sent = new byte[4096];
                int count = await socket.ReceiveAsync(sent, stop.Token);
                if (answer is null)
                {
                    while (count > 0)
                    {
                        count = await socket.ReceiveAsync(sent, stop.Token);
                    }
                }
                else if (count > 0)
                {
                    await socket.SendAsync(answer, stop.Token);
                }
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException)
            {
            }
        }
    }
}
