using System.Text;

namespace ControlPlane.Tests.Conformance.Client;

/// <summary>RFC 7541, literals without indexing and without Huffman coding.</summary>
internal static class HpackEncoder
{
    public static byte[] Encode(params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var bytes = new List<byte>();
        foreach ((string name, string value) in headers)
        {
            bytes.Add(0);
            Text(name, bytes);
            Text(value, bytes);
        }
        return [.. bytes];
    }

    private static void Text(string text, List<byte> bytes)
    {
        byte[] encoded = Encoding.ASCII.GetBytes(text);
        if (encoded.Length < 127)
        {
            bytes.Add((byte)encoded.Length);
        }
        else
        {
            bytes.Add(127);
            int rest = encoded.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                bytes.Add((byte)(rest | 128));
            }
            bytes.Add((byte)rest);
        }
        bytes.AddRange(encoded);
    }
}
