using System.Buffers.Binary;

namespace ControlPlane.Tests.Conformance.Client;

/// <summary>A frame of HTTP/2.</summary>
internal sealed record Frame(FrameType Type, byte Flags, int Stream, byte[] Payload)
{
    public const int HeaderSize = 9;
    public const byte EndStream = 1;
    public const byte Ack = 1;
    public const byte EndHeaders = 4;

    public byte[] Encode()
    {
        byte[] bytes = new byte[HeaderSize + Payload.Length];
        bytes[0] = (byte)(Payload.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), (ushort)Payload.Length);
        bytes[3] = (byte)Type;
        bytes[4] = Flags;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), Stream);
        Payload.CopyTo(bytes, HeaderSize);
        return bytes;
    }

    public static Frame Window(int stream, int increment)
    {
        byte[] payload = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, increment);
        return new Frame(FrameType.WindowUpdate, 0, stream, payload);
    }
}
