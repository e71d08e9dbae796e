using System.Text;

namespace ControlPlane.Tests.Conformance.Client;

/// <summary>RFC 7541, with static and dynamic table. No Huffman coding: Kestrel does not use it, and whoever does makes the test fail.</summary>
internal sealed class HpackDecoder
{
    private static readonly (string Name, string Value)[] Static = [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"), (":scheme", "http"),
        (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"), (":status", "304"), (":status", "400"),
        (":status", "404"), (":status", "500"), ("accept-charset", ""), ("accept-encoding", "gzip, deflate"), ("accept-language", ""),
        ("accept-ranges", ""), ("accept", ""), ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""),
        ("cache-control", ""), ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
        ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""), ("etag", ""), ("expect", ""),
        ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""), ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""),
        ("if-unmodified-since", ""), ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""),
        ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""), ("server", ""), ("set-cookie", ""),
        ("strict-transport-security", ""), ("transfer-encoding", ""), ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", "")];

    private readonly List<(string Name, string Value)> dynamic = [];

    public Dictionary<string, string> Decode(ReadOnlySpan<byte> block)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        int at = 0;
        while (at < block.Length)
        {
            byte first = block[at];
            if ((first & 0x80) != 0)
            {
                (string name, string value) = Entry(Integer(block, ref at, 7));
                headers[name] = value;
            }
            else if ((first & 0xE0) == 0x20)
            {
                Integer(block, ref at, 5);
            }
            else
            {
                bool isIndexed = (first & 0x40) != 0;
                int index = Integer(block, ref at, isIndexed ? 6 : 4);
                string name = index == 0 ? Text(block, ref at) : Entry(index).Name;
                string value = Text(block, ref at);
                headers[name] = value;
                if (isIndexed)
                {
                    dynamic.Insert(0, (name, value));
                }
            }
        }
        return headers;
    }

    private static int Integer(ReadOnlySpan<byte> block, ref int at, int bits)
    {
        int most = (1 << bits) - 1;
        int value = block[at++] & most;
        if (value < most)
        {
            return value;
        }
        for (int shift = 0; ; shift += 7)
        {
            byte next = block[at++];
            value += (next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static string Text(ReadOnlySpan<byte> block, ref int at)
    {
        if ((block[at] & 0x80) != 0)
        {
            throw new NotSupportedException("Huffman coding");
        }
        int length = Integer(block, ref at, 7);
        string text = Encoding.ASCII.GetString(block.Slice(at, length));
        at += length;
        return text;
    }

    private (string Name, string Value) Entry(int index) => index <= Static.Length ? Static[index - 1] : dynamic[index - Static.Length - 1];
}
