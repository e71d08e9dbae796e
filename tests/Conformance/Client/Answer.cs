namespace ControlPlane.Tests.Conformance.Client;

/// <summary>A response of either variant.</summary>
/// <param name="Version">SotW: of the whole.</param>
/// <param name="Items">Its resources by name, in order; the version in delta only.</param>
internal sealed record Answer(string TypeUrl, string Nonce, string Version, IReadOnlyList<AnswerItem> Items, IReadOnlyList<string> Removed)
{
    public string[] Names => [.. Items.Select(item => item.Name).Order(StringComparer.Ordinal)];

    public AnswerItem this[string name] => Items.Single(item => item.Name == name);
}

internal sealed record AnswerItem(string Name, string Version, byte[] Content, string ContentType, IReadOnlyList<string> Aliases);
