using System.Text.RegularExpressions;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>Where an object is, from its YAML.</summary>
internal static partial class KubeObjectPath
{
    private static readonly HashSet<string> WithoutNamespace =
        ["Namespace", "Node", "CustomResourceDefinition", "GatewayClass", "Cluster", "Network", "Mesh", "RegionGateway", "CostMatrix"];

    /// <summary>Null: the document is empty.</summary>
    public static string? Of(string document)
    {
        string? kind = KindField().Match(document) is { Success: true } found ? found.Groups[1].Value : null;
        if (kind is null)
        {
            return null;
        }
        string version = VersionField().Match(document).Groups[1].Value;
        string metadata = document[MetadataField().Match(document).Index..];
        string name = NameField().Match(metadata).Groups[1].Value;
        string root = version.Contains('/', StringComparison.Ordinal) ? $"/apis/{version}" : $"/api/{version}";
        string ns = NamespaceField().Match(metadata) is { Success: true } match ? match.Groups[1].Value : "default";
        return WithoutNamespace.Contains(kind) ? $"{root}/{Plural(kind)}/{name}" : $"{root}/namespaces/{ns}/{Plural(kind)}/{name}";
    }

    private static string Plural(string kind)
    {
        string name = kind.ToLowerInvariant();
        return name.EndsWith('s') || name.EndsWith("sh", StringComparison.Ordinal) ? name + "es"
            : name.EndsWith('x') ? name[..^2] + "ices"
            : name.EndsWith('y') && !name.EndsWith("ay", StringComparison.Ordinal) ? name[..^1] + "ies"
            : name + "s";
    }

    [GeneratedRegex(@"^kind: *(\S+)", RegexOptions.Multiline)]
    private static partial Regex KindField();

    [GeneratedRegex(@"^apiVersion: *(\S+)", RegexOptions.Multiline)]
    private static partial Regex VersionField();

    [GeneratedRegex(@"^metadata:", RegexOptions.Multiline)]
    private static partial Regex MetadataField();

    [GeneratedRegex(@"[\s{]name: *""?([^\s,}""]+)")]
    private static partial Regex NameField();

    [GeneratedRegex(@"[\s{]namespace: *""?([^\s,}""]+)")]
    private static partial Regex NamespaceField();
}
