using System.Buffers.Binary;
using System.Net;
using System.Threading.Channels;

namespace ControlPlane.Tests.Conformance.Client;

/// <summary>A call of gRPC on a connection.</summary>
internal sealed class H2Stream(H2Connection connection, int id)
{
    private const int LargestFrame = 16384;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private readonly Channel<byte[]> messages = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource<Dictionary<string, string>> trailers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> data = [];
    private Dictionary<string, string>? head;

    public int Id => id;

    /// <summary>The headers of the answer.</summary>
    public IReadOnlyDictionary<string, string> Head => head ?? throw new InvalidOperationException("no answer yet");

    /// <summary>Whether the answer was one block of headers, without any message.</summary>
    public bool IsTrailersOnly { get; private set; }

    /// <summary>How many messages have come that nobody has taken.</summary>
    public int Waiting => messages.Reader.Count;

    public Task SendAsync(byte[] message) => SendRawAsync(Prefixed(message, message.Length));

    /// <summary>A message as it is on the wire; the length may lie.</summary>
    public static byte[] Prefixed(byte[] message, int length, byte flag = 0)
    {
        byte[] bytes = new byte[5 + message.Length];
        bytes[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), length);
        message.CopyTo(bytes, 5);
        return bytes;
    }

    /// <summary>Bytes as they are, in as many frames as they need.</summary>
    public async Task SendRawAsync(byte[] bytes, int frameSize = LargestFrame)
    {
        for (int at = 0; at < bytes.Length; at += frameSize)
        {
            await connection.SendAsync(new Frame(FrameType.Data, 0, id, bytes[at..Math.Min(bytes.Length, at + frameSize)]));
        }
    }

    public Task HalfCloseAsync() => connection.SendAsync(new Frame(FrameType.Data, Frame.EndStream, id, []));

    public Task ResetAsync() => connection.SendAsync(new Frame(FrameType.RstStream, 0, id, [0, 0, 0, 8]));

    /// <exception cref="TimeoutException">None came in time.</exception>
    /// <exception cref="InvalidOperationException">The stream has ended.</exception>
    public async Task<byte[]> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        try
        {
            return await messages.Reader.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("no response came");
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException($"the stream has ended: {string.Join(", ", (await trailers.Task).Select(header => $"{header.Key}={header.Value}"))}");
        }
    }

    /// <summary>How the call ended; messages that come before are dropped.</summary>
    public async Task<(int Code, string Message)> StatusAsync()
    {
        Dictionary<string, string> headers = await trailers.Task.WaitAsync(Deadline);
        return (int.Parse(headers["grpc-status"], System.Globalization.CultureInfo.InvariantCulture),
            WebUtility.UrlDecode(headers.GetValueOrDefault("grpc-message", "").Replace("+", "%2B", StringComparison.Ordinal)));
    }

    public async Task<string> RawMessageAsync() => (await trailers.Task.WaitAsync(Deadline))["grpc-message"];

    internal void Headers(Dictionary<string, string> headers, bool isEnd)
    {
        if (isEnd)
        {
            IsTrailersOnly = head is null;
            head ??= headers;
            End(headers);
        }
        else
        {
            head = headers;
        }
    }

    internal void Data(byte[] bytes, bool isEnd)
    {
        data.AddRange(bytes);
        while (data.Count >= 5)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(data.GetRange(1, 4).ToArray());
            if (data.Count < 5 + length)
            {
                break;
            }
            messages.Writer.TryWrite([.. data.GetRange(5, length)]);
            data.RemoveRange(0, 5 + length);
        }
        if (isEnd)
        {
            End([]);
        }
    }

    internal void Reset() => End(new Dictionary<string, string> { ["grpc-status"] = "-1", ["grpc-message"] = "reset" });

    internal void Broken() => End(new Dictionary<string, string> { ["grpc-status"] = "-2", ["grpc-message"] = "connection closed" });

    private void End(Dictionary<string, string> headers)
    {
        trailers.TrySetResult(headers);
        messages.Writer.TryComplete();
    }
}
