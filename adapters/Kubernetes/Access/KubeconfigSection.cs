using ControlPlane.Adapters.Configuration;

namespace ControlPlane.Adapters.Kubernetes.Access;

/// <summary>A mapping of a kubeconfig. Fields that nobody asks for mean nothing here.</summary>
internal sealed class KubeconfigSection(KubeconfigDocument document, MappingNode node, string name)
{
    public MappingNode Node => node;

    public bool Has(string field) => node.Find(field) is not (null or ScalarNode { Type: ScalarType.Null });

    public string? Text(string field) => node.Find(field) is ScalarNode { Type: not ScalarType.Null, Text: { Length: > 0 } text } ? text : null;

    public string Required(string field) => Text(field) ?? throw Wrong($"{field}: missing");

    /// <summary>The content of <c>FIELD-data</c> (base64), or of the file that <c>FIELD</c> names; null where neither is there.</summary>
    public byte[]? Bytes(string field)
    {
        string? path = PathIn(field, $"{field}-data (base64)");
        try
        {
            return Text($"{field}-data") is { } data ? Convert.FromBase64String(data)
                : path is not null ? File.ReadAllBytes(path)
                : null;
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            throw Wrong($"{field}: {error.Message}");
        }
    }

    /// <summary>The file that a field names; null: none. Relative paths begin at the kubeconfig's folder.</summary>
    /// <param name="instead">The field for its content.</param>
    public string? PathIn(string field, string instead)
    {
        if (Text(field) is not { } path)
        {
            return null;
        }
        return MayNameFiles
            ? Path.Combine(document.Folder!, path)
            : throw Wrong($"{field}: a kubeconfig in a Secret may name no files: write the content into {instead}");
    }

    public bool MayNameFiles => document.Folder is not null;

    public string Found(string text) => document.Found(text);

    public KubernetesException Wrong(string message) => document.Wrong(name.Length == 0 ? message : $"{name}: {message}");
}
