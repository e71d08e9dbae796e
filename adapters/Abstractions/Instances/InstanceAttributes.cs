using System.Diagnostics.CodeAnalysis;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// What a registry says of an instance beside its address, by <c>scope.name</c> (<c>tag.app</c>, <c>meta.version</c>). Settings of our own stand in any
/// scope under <c>controlplane/NAME</c>, <c>controlplane-NAME</c> or <c>controlplane.io/NAME</c>: which of them a registry allows differs.
/// </summary>
public sealed class InstanceAttributes : IEquatable<InstanceAttributes>
{
    private static readonly string[] OwnPrefixes = ["controlplane/", "controlplane-", "controlplane.io/"];
    private static readonly Comparer<KeyValuePair<string, string>> ByName = Comparer<KeyValuePair<string, string>>.Create((left, right) => string.CompareOrdinal(left.Key, right.Key));

    // In the order of their names. There are many instances with few attributes each: dictionaries would cost more than all the rest.
    private readonly KeyValuePair<string, string>[] all;
    private readonly KeyValuePair<string, string>[] own;

    /// <param name="attributes">By <c>scope.name</c>. Of a name that comes twice the last one counts.</param>
    public InstanceAttributes(IEnumerable<KeyValuePair<string, string>> attributes)
    {
        KeyValuePair<string, string>[] given = [.. attributes];
        all = Sorted(given);
        own = Sorted([.. given.Select(OwnSetting).OfType<KeyValuePair<string, string>>()]);
    }

    public static InstanceAttributes None { get; } = new([]);

    /// <summary>All, in the order of their names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> All => all;

    /// <summary>The settings of our own, by their names (<c>ports</c>, <c>service/cart</c>) and in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Own => own;

    public bool TryGet(string name, [NotNullWhen(true)] out string? value) => TryGet(all, name, out value);

    /// <summary>A setting of our own, trimmed; null: it is not there, or empty.</summary>
    public string? Setting(string name) => TryGet(own, name, out string? value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    public bool Equals(InstanceAttributes? other) => ReferenceEquals(this, other) || (other is not null && all.AsSpan().SequenceEqual(other.all));

    public override bool Equals(object? obj) => Equals(obj as InstanceAttributes);

    public override int GetHashCode() => all.Length;

    private static bool TryGet(KeyValuePair<string, string>[] pairs, string name, [NotNullWhen(true)] out string? value)
    {
        int index = Array.BinarySearch(pairs, new KeyValuePair<string, string>(name, ""), ByName);
        value = index < 0 ? null : pairs[index].Value;
        return index >= 0;
    }

    private static KeyValuePair<string, string>? OwnSetting(KeyValuePair<string, string> attribute)
    {
        ReadOnlySpan<char> unscoped = attribute.Key.AsSpan(attribute.Key.IndexOf('.', StringComparison.Ordinal) + 1);
        foreach (string prefix in OwnPrefixes)
        {
            if (unscoped.StartsWith(prefix, StringComparison.Ordinal))
            {
                return new(unscoped[prefix.Length..].ToString(), attribute.Value);
            }
        }
        return null;
    }

    private static KeyValuePair<string, string>[] Sorted(KeyValuePair<string, string>[] pairs)
    {
        KeyValuePair<string, string>[] sorted = [.. pairs.Order(ByName)];
        int kept = 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            // The order of equal names is that in which they came.
            if (i + 1 == sorted.Length || sorted[i + 1].Key != sorted[i].Key)
            {
                sorted[kept++] = sorted[i];
            }
        }
        return kept == sorted.Length ? sorted : sorted[..kept];
    }
}
