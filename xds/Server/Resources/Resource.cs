using System.Collections.Immutable;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace ControlPlane.Xds;

/// <summary>
/// An encoded resource, ready to be copied into the responses of any number of streams. Immutable.
/// Its buffer is field 2 of a <c>DeltaDiscoveryResponse</c>: a <c>Resource</c> with name, version, aliases and, last, the <c>Any</c>; the end of
/// that same buffer, from the tag of the <c>Any</c> on, is field 2 of a <c>DiscoveryResponse</c>, which happens to have the same tag.
/// </summary>
public sealed class Resource
{
    // Both are field 2, length-delimited: resources of either response, and Resource.resource (also field 2).
    private const byte ResourcesTag = 0x12;
    private readonly byte[] buffer;
    private readonly int anyStart;

    private Resource(
        string typeUrl, string name, string version, byte[] buffer, int anyStart, string origin,
        ImmutableArray<ResourceReference> references, ImmutableArray<string> aliases)
    {
        TypeUrl = typeUrl;
        Name = name;
        Version = version;
        Origin = origin;
        References = references;
        Aliases = aliases;
        this.buffer = buffer;
        this.anyStart = anyStart;
    }

    public string TypeUrl { get; }

    public string Name { get; }

    /// <summary>A hash of the content, 11 characters: equal content has an equal version on every replica, and after every restart.</summary>
    public string Version { get; }

    /// <summary>The configuration object or source that it comes from, for people.</summary>
    public string Origin { get; }

    /// <summary>The resources of other types that it names.</summary>
    public ImmutableArray<ResourceReference> References { get; }

    /// <summary>Other names under which it is asked for (VHDS).</summary>
    public ImmutableArray<string> Aliases { get; }

    /// <summary>A hash of name and version. Asked for when it comes and when it goes: not kept.</summary>
    internal ulong Digest => DigestOf(Name, Version);

    /// <summary>It as field 2 of a <c>DeltaDiscoveryResponse</c>, tag and length included.</summary>
    public ReadOnlySpan<byte> Delta => buffer;

    /// <summary>It as field 2 of a <c>DiscoveryResponse</c>, tag and length included.</summary>
    public ReadOnlySpan<byte> Sotw => buffer.AsSpan(anyStart);

    /// <summary>Encodes a resource once for all who get it.</summary>
    /// <param name="message">The encoded message of that type.</param>
    /// <param name="aliases">Other names under which it is asked for (VHDS).</param>
    public static Resource Create(
        string typeUrl, string name, ReadOnlySpan<byte> message, string origin = "",
        ImmutableArray<ResourceReference> references = default, ImmutableArray<string> aliases = default)
    {
        string version = Hash(message);
        if (aliases.IsDefault)
        {
            aliases = [];
        }
        int any = SizeOfText(typeUrl) + SizeOfBytes(message.Length);
        int resource = SizeOfText(version) + SizeOfBytes(any) + SizeOfText(name) + aliases.Sum(SizeOfText);
        byte[] buffer = new byte[SizeOfBytes(resource)];
        var writer = new Writer(buffer);
        writer.Head(ResourcesTag, resource);
        // Resource: version 1, resource 2, name 3, aliases 4. The order of fields on the wire is free, and the Any goes last.
        writer.Text(0x1A, name);
        writer.Text(0x0A, version);
        foreach (string alias in aliases)
        {
            writer.Text(0x22, alias);
        }
        int anyStart = writer.Position;
        writer.Head(ResourcesTag, any);
        writer.Text(0x0A, typeUrl);
        writer.Head(ResourcesTag, message.Length);
        writer.Raw(message);
        return new Resource(typeUrl, name, version, buffer, anyStart, origin, references.IsDefault ? [] : references, aliases);
    }

    /// <summary>An answer that says that nothing has this name, as VHDS has it: name and alias, without content. Of use in delta only.</summary>
    internal static Resource WithoutContent(string typeUrl, string name)
    {
        byte[] buffer = new byte[SizeOfBytes(2 * SizeOfText(name))];
        var writer = new Writer(buffer);
        writer.Head(ResourcesTag, 2 * SizeOfText(name));
        writer.Text(0x1A, name);
        writer.Text(0x22, name);
        return new Resource(typeUrl, name, "", buffer, buffer.Length, "", [], []);
    }

    private static ulong DigestOf(string name, string version) => XxHash3.HashToUInt64(
        MemoryMarshal.AsBytes(name.AsSpan()), (long)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(version.AsSpan())));

    private static string Hash(ReadOnlySpan<byte> message)
    {
        Span<byte> hash = stackalloc byte[8];
        XxHash3.Hash(message, hash);
        return Base64Url.EncodeToString(hash);
    }

    private static int SizeOfText(string text) => SizeOfBytes(Encoding.UTF8.GetByteCount(text));

    /// <summary>With a tag of one byte and the length.</summary>
    private static int SizeOfBytes(int length)
    {
        int size = 2;
        for (int rest = length; rest >= 0x80; rest >>= 7)
        {
            size++;
        }
        return size + length;
    }

    private ref struct Writer(Span<byte> target)
    {
        private readonly Span<byte> target = target;

        public int Position { get; private set; }

        public void Head(byte tag, int length)
        {
            target[Position++] = tag;
            uint rest = (uint)length;
            while (rest >= 0x80)
            {
                target[Position++] = (byte)(rest | 0x80);
                rest >>= 7;
            }
            target[Position++] = (byte)rest;
        }

        public void Text(byte tag, string text)
        {
            Head(tag, Encoding.UTF8.GetByteCount(text));
            Position += Encoding.UTF8.GetBytes(text, target[Position..]);
        }

        public void Raw(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(target[Position..]);
            Position += bytes.Length;
        }
    }
}
