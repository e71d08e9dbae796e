using System.Text;
using ControlPlane.Xds.Grpc;

namespace ControlPlane.Xds.Wire;

/// <summary>Walks over the fields of an encoded protobuf message.</summary>
/// <exception cref="GrpcException">Of all methods: the bytes are no message.</exception>
internal ref struct ProtoReader(ReadOnlySpan<byte> rest)
{
    private const int LengthDelimited = 2;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private ReadOnlySpan<byte> rest = rest;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>The content of that field.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>Goes to the next length-delimited field, over all others; false: the message ends.</summary>
    public bool Next()
    {
        while (!rest.IsEmpty)
        {
            ulong tag = Varint();
            Field = (int)(tag >> 3);
            if (Field == 0 || tag > uint.MaxValue)
            {
                throw GrpcException.Malformed("a tag");
            }
            if ((tag & 7) == LengthDelimited)
            {
                ulong length = Varint();
                if (length > (ulong)rest.Length)
                {
                    throw GrpcException.Malformed("a length");
                }
                Content = rest[..(int)length];
                rest = rest[(int)length..];
                return true;
            }
            Skip((int)(tag & 7));
        }
        return false;
    }

    public readonly string Text()
    {
        try
        {
            return Strict.GetString(Content);
        }
        catch (DecoderFallbackException)
        {
            throw GrpcException.Malformed("a text that is not UTF-8");
        }
    }

    private void Skip(int wireType)
    {
        int length = wireType switch
        {
            1 => 8,
            5 => 4,
            _ => 0,
        };
        if (wireType == 0)
        {
            Varint();
        }
        else if (length == 0 || length > rest.Length)
        {
            throw GrpcException.Malformed("a field");
        }
        rest = rest[length..];
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0, i = 0; i < rest.Length && shift < 64; shift += 7, i++)
        {
            value |= (ulong)(rest[i] & 0x7F) << shift;
            if (rest[i] < 0x80)
            {
                rest = rest[(i + 1)..];
                return value;
            }
        }
        throw GrpcException.Malformed("a number");
    }
}
