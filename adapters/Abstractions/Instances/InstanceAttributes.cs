using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// What a registry says of an instance beside its address, by <c>scope.name</c> (<c>tag.app</c>, <c>meta.version</c>). Settings of our own stand in any
/// scope under <c>controlplane/NAME</c>, <c>controlplane-NAME</c> or <c>controlplane.io/NAME</c>: which of them a registry allows differs.
/// </summary>
public sealed class InstanceAttributes : IEquatable<InstanceAttributes>
{
    private static readonly string[] OwnPrefixes = ["controlplane/", "controlplane-", "controlplane.io/"];

    private readonly FrozenDictionary<string, string> all;
    private readonly FrozenDictionary<string, string> own;

    /// <param name="attributes">By <c>scope.name</c>. Of a name that comes twice the last one counts.</param>
    public InstanceAttributes(IEnumerable<KeyValuePair<string, string>> attributes)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in attributes)
        {
            known[name] = value;
            string unscoped = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            if (OwnPrefixes.FirstOrDefault(prefix => unscoped.StartsWith(prefix, StringComparison.Ordinal)) is { } prefix)
            {
                settings[unscoped[prefix.Length..]] = value;
            }
        }
        all = known.ToFrozenDictionary(StringComparer.Ordinal);
        own = settings.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public static InstanceAttributes None { get; } = new([]);

    /// <summary>The settings of our own, by their names: <c>ports</c>, <c>service/cart</c>.</summary>
    public IReadOnlyDictionary<string, string> Own => own;

    public bool TryGet(string name, [NotNullWhen(true)] out string? value) => all.TryGetValue(name, out value);

    /// <summary>A setting of our own, trimmed; null: it is not there, or empty.</summary>
    public string? Setting(string name) => own.TryGetValue(name, out string? value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    public bool Equals(InstanceAttributes? other) =>
        ReferenceEquals(this, other)
        || (other is not null && all.Count == other.all.Count && all.All(pair => other.all.TryGetValue(pair.Key, out string? value) && value == pair.Value));

    public override bool Equals(object? obj) => Equals(obj as InstanceAttributes);

    public override int GetHashCode() => all.Count;
}
