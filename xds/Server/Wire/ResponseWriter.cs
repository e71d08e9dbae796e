using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using ControlPlane.Xds.Grpc;

namespace ControlPlane.Xds.Wire;

/// <summary>
/// Writes a response as a gRPC message, a part at a time: the head, then resource after resource, copied as they are.
/// </summary>
/// <remarks>Field numbers are those of <c>DiscoveryResponse</c> and <c>DeltaDiscoveryResponse</c>.</remarks>
internal sealed class ResponseWriter(bool isDelta, string controlPlane, int maxBytes)
{
    private const byte VersionTag = 0x0A;
    private const byte TypeUrlTag = 0x22;
    private const byte NonceTag = 0x2A;
    private const byte RemovedTag = 0x32;
    private readonly byte[] controlPlaneField = ControlPlaneField(isDelta, controlPlane);
    private Response? response;
    private int written;

    /// <summary>Whether a response has been begun and not ended.</summary>
    public bool IsWriting => response is not null;

    /// <summary>Begins a response.</summary>
    /// <returns>The size of the whole message.</returns>
    public int Begin(Response next, IBufferWriter<byte> output)
    {
        int head = HeadSize(next);
        long size = head;
        foreach (Resource resource in next.Resources)
        {
            size += Encoded(resource).Length;
        }
        if (size > maxBytes)
        {
            throw new GrpcException(new GrpcStatus(GrpcCode.ResourceExhausted, $"the response has {size} bytes, and {maxBytes} is the most"));
        }
        int length = (int)size;
        response = next;
        written = 0;
        WriteHead(next, output.GetSpan(GrpcMessages.PrefixSize + head), length);
        output.Advance(GrpcMessages.PrefixSize + head);
        return GrpcMessages.PrefixSize + length;
    }

    /// <summary>Goes on until the response has ended or the budget is used up.</summary>
    /// <returns>The bytes written.</returns>
    public int Continue(IBufferWriter<byte> output, int budget)
    {
        List<Resource> resources = response!.Resources;
        int size = 0;
        while (written < resources.Count && size < budget)
        {
            ReadOnlySpan<byte> encoded = Encoded(resources[written++]);
            output.Write(encoded);
            size += encoded.Length;
        }
        if (written == resources.Count)
        {
            response = null;
        }
        return size;
    }

    private static byte[] ControlPlaneField(bool isDelta, string identifier)
    {
        if (identifier.Length == 0)
        {
            return [];
        }
        // ControlPlane {identifier = 1}, which is field 7 of delta and field 6 of SotW.
        int text = Encoding.UTF8.GetByteCount(identifier);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text, 100, nameof(identifier));
        byte[] field = [(byte)(isDelta ? 0x3A : 0x32), (byte)(text + 2), 0x0A, (byte)text, .. Encoding.UTF8.GetBytes(identifier)];
        return field;
    }

    private ReadOnlySpan<byte> Encoded(Resource resource) => isDelta ? resource.Delta : resource.Sotw;

    private int HeadSize(Response next)
    {
        int size = TextSize(next.TypeUrl) + 2 + Nonce.Size + controlPlaneField.Length;
        if (next.Version.Length > 0)
        {
            size += TextSize(next.Version);
        }
        if (isDelta)
        {
            foreach (string name in next.Removed)
            {
                size += TextSize(name);
            }
        }
        return size;
    }

    private void WriteHead(Response next, Span<byte> target, int length)
    {
        target[0] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], (uint)length);
        int at = GrpcMessages.PrefixSize;
        if (next.Version.Length > 0)
        {
            WriteText(VersionTag, next.Version, target, ref at);
        }
        WriteText(TypeUrlTag, next.TypeUrl, target, ref at);
        target[at++] = NonceTag;
        target[at++] = Nonce.Size;
        next.Nonce.WriteTo(target.Slice(at, Nonce.Size));
        at += Nonce.Size;
        if (isDelta)
        {
            foreach (string name in next.Removed)
            {
                WriteText(RemovedTag, name, target, ref at);
            }
        }
        controlPlaneField.CopyTo(target[at..]);
    }

    private static int TextSize(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        int size = 2 + length;
        for (int rest = length; rest >= 0x80; rest >>= 7)
        {
            size++;
        }
        return size;
    }

    private static void WriteText(byte tag, string text, Span<byte> target, ref int at)
    {
        target[at++] = tag;
        uint rest = (uint)Encoding.UTF8.GetByteCount(text);
        while (rest >= 0x80)
        {
            target[at++] = (byte)(rest | 0x80);
            rest >>= 7;
        }
        target[at++] = (byte)rest;
        at += Encoding.UTF8.GetBytes(text, target[at..]);
    }
}
