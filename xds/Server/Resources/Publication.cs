using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Immutable;

namespace ControlPlane.Xds;

/// <summary>
/// The picture of a set after one publication, and what that one changed. Each knows its successor, so that a stream follows by walking on
/// from the one it saw last: nothing is queued for a stream, and what every stream has passed is garbage.
/// </summary>
internal sealed class Publication
{
    /// <summary>Of no set.</summary>
    public static readonly Publication None = First();

    private Publication? next;
    private string? version;

    public required ImmutableDictionary<string, Resource> Resources { get; init; }

    /// <summary>The names of resources by their aliases.</summary>
    public required ImmutableDictionary<string, string> Aliases { get; init; }

    public required Completeness Completeness { get; init; }

    public required IReadOnlyList<ResourceChange> Changes { get; init; }

    /// <summary>The sum of <see cref="Resource.Digest"/> over all resources: the version of the whole set, whatever the order it came about in.</summary>
    public required ulong Digest { get; init; }

    /// <summary>The digest as text.</summary>
    public string Version => version ??= VersionOf(Digest);

    public Publication? Next => Volatile.Read(ref next);

    /// <summary>By its name or an alias.</summary>
    public Resource? Find(string name) =>
        Resources.TryGetValue(name, out Resource? resource) ? resource
        : Aliases.Count > 0 && Aliases.TryGetValue(name, out string? canonical) ? Resources.GetValueOrDefault(canonical)
        : null;

    /// <summary>What there is before anything was published.</summary>
    public static Publication First() => new()
    {
        Resources = ImmutableDictionary<string, Resource>.Empty.WithComparers(StringComparer.Ordinal),
        Aliases = ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal),
        Completeness = Completeness.Waiting,
        Changes = [],
        Digest = 0,
    };

    public static string VersionOf(ulong digest)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, digest);
        return Base64Url.EncodeToString(bytes);
    }

    public void Continue(Publication successor) => Volatile.Write(ref next, successor);
}
