using System.Diagnostics.CodeAnalysis;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// What a registry says of an instance beside its address, by <c>scope.name</c> (<c>tag.app</c>, <c>meta.version</c>). Settings of our own stand in any
/// scope under <c>controlplane/NAME</c>, <c>controlplane-NAME</c> or <c>controlplane.io/NAME</c>: which of them a registry allows differs.
/// </summary>
public sealed class InstanceAttributes : IEquatable<InstanceAttributes>
{
    private static readonly string[] OwnPrefixes = ["controlplane/", "controlplane-", "controlplane.io/"];

    // In the order of their names. There are many instances with few attributes each: dictionaries would cost more than all the rest.
    private readonly KeyValuePair<string, string>[] all;
    private readonly KeyValuePair<string, string>[] own;

    /// <param name="attributes">By <c>scope.name</c>. Of a name that comes twice the last one counts.</param>
    public InstanceAttributes(IEnumerable<KeyValuePair<string, string>> attributes)
    {
        List<KeyValuePair<string, string>> given = [.. attributes];
        List<KeyValuePair<string, string>> settings = [];
        foreach (KeyValuePair<string, string> attribute in given)
        {
            if (OwnSetting(attribute) is { } setting)
            {
                settings.Add(setting);
            }
        }
        all = Sorted(given);
        own = settings.Count == 0 ? [] : Sorted(settings);
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
        foreach ((string key, string text) in pairs)
        {
            if (key == name)
            {
                value = text;
                return true;
            }
        }
        value = null;
        return false;
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

    // By insertion, since there are few; of equal names the later one replaces the earlier.
    private static KeyValuePair<string, string>[] Sorted(List<KeyValuePair<string, string>> pairs)
    {
        var sorted = new KeyValuePair<string, string>[pairs.Count];
        int count = 0;
        foreach (KeyValuePair<string, string> pair in pairs)
        {
            int place = count;
            while (place > 0 && string.CompareOrdinal(sorted[place - 1].Key, pair.Key) > 0)
            {
                place--;
            }
            if (place > 0 && sorted[place - 1].Key == pair.Key)
            {
                sorted[place - 1] = pair;
                continue;
            }
            Array.Copy(sorted, place, sorted, place + 1, count - place);
            sorted[place] = pair;
            count++;
        }
        return count == sorted.Length ? sorted : sorted[..count];
    }
}
