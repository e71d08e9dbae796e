using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ControlPlane.Tests.Conformance.Client;

/// <summary>A connection of HTTP/2 without TLS, frame by frame.</summary>
internal sealed class H2Connection : IAsyncDisposable
{
    private const int LargeWindow = 64 << 20;
    private readonly Socket socket;
    private readonly ConcurrentDictionary<int, H2Stream> streams = new();
    private readonly HpackDecoder hpack = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly CancellationTokenSource closing = new();
    private Task reading = Task.CompletedTask;
    private int lastStream = -1;

    private H2Connection(Socket socket) => this.socket = socket;

    /// <summary>Whether a GOAWAY has come.</summary>
    public bool HasGoAway { get; private set; }

    /// <summary>Whether the server has closed the connection.</summary>
    public bool IsClosed { get; private set; }

    public bool AnswersPings { get; set; } = true;

    /// <param name="window">The window of each stream and of the connection; they are never updated.</param>
    public static async Task<H2Connection> OpenAsync(IPEndPoint server, int window = LargeWindow)
    {
        H2Connection connection = await ConnectAsync(server);
        byte[] setting = new byte[6];
        setting[1] = 4;
        BinaryPrimitives.WriteInt32BigEndian(setting.AsSpan(2), window);
        await connection.SendAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        await connection.SendAsync(new Frame(FrameType.Settings, 0, 0, setting));
        if (window > 65535)
        {
            await connection.SendAsync(Frame.Window(0, window - 65535));
        }
        connection.reading = Task.Run(connection.ReadAsync);
        return connection;
    }

    /// <summary>A connection on which nothing is sent: the test does.</summary>
    public static async Task<H2Connection> ConnectAsync(IPEndPoint server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server);
        return new H2Connection(socket);
    }

    public async Task<H2Stream> CallAsync(string path, string contentType = "application/grpc", bool endStream = false, string? authorization = null)
    {
        await sending.WaitAsync();
        try
        {
            var stream = new H2Stream(this, lastStream += 2);
            streams[stream.Id] = stream;
            byte[] headers = HpackEncoder.Encode([
                (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "xds"), ("te", "trailers"), ("content-type", contentType),
                .. authorization is null ? Array.Empty<(string, string)>() : [("authorization", authorization)]]);
            byte flags = (byte)(Frame.EndHeaders | (endStream ? Frame.EndStream : 0));
            await socket.SendAsync(new Frame(FrameType.Headers, flags, stream.Id, headers).Encode());
            return stream;
        }
        finally
        {
            sending.Release();
        }
    }

    public Task SendAsync(Frame frame) => SendAsync(frame.Encode());

    public async Task SendAsync(byte[] bytes)
    {
        await sending.WaitAsync();
        try
        {
            for (int sent = 0; sent < bytes.Length;)
            {
                sent += await socket.SendAsync(bytes.AsMemory(sent));
            }
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>Ends it: who waits for a message learns so.</summary>
    public void Close() => socket.Dispose();

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        socket.Dispose();
        await reading;
        sending.Dispose();
        closing.Dispose();
    }

    /// <summary>Waits until the server has closed the connection, for a connection that reads nothing itself.</summary>
    public async Task WaitForCloseAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        byte[] buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, deadline.Token) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset is closed, too.
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new NetworkStream(socket, ownsSocket: false);
        var block = new List<byte>();
        try
        {
            while (true)
            {
                byte[] header = new byte[Frame.HeaderSize];
                await buffer.ReadExactlyAsync(header, closing.Token);
                byte[] payload = new byte[(header[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(1))];
                await buffer.ReadExactlyAsync(payload, closing.Token);
                int id = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)) & int.MaxValue;
                await TakeAsync(new Frame((FrameType)header[3], header[4], id, payload), block);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            IsClosed = true;
            foreach (H2Stream stream in streams.Values)
            {
                stream.Broken();
            }
        }
    }

    private async Task TakeAsync(Frame frame, List<byte> block)
    {
        switch (frame.Type)
        {
            case FrameType.Settings when frame.Flags == 0:
                await SendAsync(new Frame(FrameType.Settings, Frame.Ack, 0, []));
                break;
            case FrameType.Ping when frame.Flags == 0 && AnswersPings:
                await SendAsync(new Frame(FrameType.Ping, Frame.Ack, 0, frame.Payload));
                break;
            case FrameType.GoAway:
                HasGoAway = true;
                break;
            case FrameType.RstStream when streams.TryGetValue(frame.Stream, out H2Stream? stream):
                stream.Reset();
                break;
            case FrameType.Data when streams.TryGetValue(frame.Stream, out H2Stream? stream):
                stream.Data(frame.Payload, (frame.Flags & Frame.EndStream) != 0);
                break;
            case FrameType.Headers or FrameType.Continuation:
                block.AddRange(frame.Payload);
                if ((frame.Flags & Frame.EndHeaders) != 0)
                {
                    Dictionary<string, string> headers = hpack.Decode([.. block]);
                    block.Clear();
                    streams[frame.Stream].Headers(headers, (frame.Flags & Frame.EndStream) != 0);
                }
                break;
        }
    }
}
