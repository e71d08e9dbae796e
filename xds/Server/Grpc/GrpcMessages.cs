using System.Buffers;
using System.Buffers.Binary;

namespace ControlPlane.Xds.Grpc;

/// <summary>Length-prefixed messages (gRPC over HTTP/2): a flag, four bytes of length, the message.</summary>
internal static class GrpcMessages
{
    public const int PrefixSize = 5;

    /// <summary>Takes the next whole message off the buffer.</summary>
    /// <exception cref="GrpcException">It is compressed, or longer than the limit.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, int limit, out ReadOnlySequence<byte> message)
    {
        message = default;
        if (buffer.Length < PrefixSize)
        {
            return false;
        }
        Span<byte> prefix = stackalloc byte[PrefixSize];
        buffer.Slice(0, PrefixSize).CopyTo(prefix);
        if (prefix[0] == 1)
        {
            throw new GrpcException(new GrpcStatus(GrpcCode.Unimplemented, "compressed messages are not supported"));
        }
        if (prefix[0] != 0)
        {
            throw GrpcException.Malformed("the flags of its prefix");
        }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (uint)limit)
        {
            throw new GrpcException(new GrpcStatus(GrpcCode.ResourceExhausted, $"the message has {length} bytes, and {limit} is the most"));
        }
        if (buffer.Length - PrefixSize < length)
        {
            return false;
        }
        message = buffer.Slice(PrefixSize, length);
        buffer = buffer.Slice(PrefixSize + (long)length);
        return true;
    }
}
