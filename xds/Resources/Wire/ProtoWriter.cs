using System.Numerics;
using System.Text;

namespace ControlPlane.Xds.Resources.Wire;

/// <summary>
/// Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding/) into a buffer that it keeps: for what is written so often
/// that message objects would cost too much.
/// </summary>
internal sealed class ProtoWriter
{
    private byte[] buffer = new byte[4096];
    private int length;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    public void Clear() => length = 0;

    public void Varint(int field, ulong value)
    {
        Tag(field, 0);
        RawVarint(value);
    }

    public void Text(int field, string value)
    {
        Tag(field, 2);
        int bytes = Encoding.UTF8.GetByteCount(value);
        RawVarint((uint)bytes);
        Ensure(bytes);
        length += Encoding.UTF8.GetBytes(value, buffer.AsSpan(length));
    }

    /// <summary>The head of a message of so many bytes; they are written next.</summary>
    public void Head(int field, int bytes)
    {
        Tag(field, 2);
        RawVarint((uint)bytes);
    }

    /// <summary>What is encoded already.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }

    public static int SizeOfVarint(int field, ulong value) => SizeOfTag(field) + SizeOf(value);

    public static int SizeOfText(int field, string value)
    {
        int bytes = Encoding.UTF8.GetByteCount(value);
        return SizeOfTag(field) + SizeOf((uint)bytes) + bytes;
    }

    public static int SizeOfMessage(int field, int bytes) => SizeOfTag(field) + SizeOf((uint)bytes) + bytes;

    private static int SizeOfTag(int field) => SizeOf((uint)field << 3);

    private static int SizeOf(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    private void Tag(int field, int wireType) => RawVarint(((uint)field << 3) | (uint)wireType);

    private void RawVarint(ulong value)
    {
        Ensure(10);
        while (value >= 0x80)
        {
            buffer[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        buffer[length++] = (byte)value;
    }

    private void Ensure(int more)
    {
        if (buffer.Length - length < more)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + more));
        }
    }
}
