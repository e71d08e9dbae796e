using ControlPlane.Adapters.Configuration;

namespace ControlPlane.Adapters.Kubernetes.Access;

/// <summary>A mapping of a kubeconfig. Fields that nobody asks for mean nothing here.</summary>
internal sealed class KubeconfigSection(KubeconfigFile file, MappingNode node, string name)
{
    public MappingNode Node => node;

    public bool Has(string field) => node.Find(field) is not (null or ScalarNode { Type: ScalarType.Null });

    public string? Text(string field) => node.Find(field) is ScalarNode { Type: not ScalarType.Null, Text: { Length: > 0 } text } ? text : null;

    public string Required(string field) => Text(field) ?? throw Wrong($"{field}: missing");

    /// <summary>The content of <c>FIELD-data</c> (base64), or of the file that <c>FIELD</c> names; null where neither is there.</summary>
    public byte[]? Bytes(string field)
    {
        try
        {
            return Text($"{field}-data") is { } data ? Convert.FromBase64String(data)
                : Text(field) is { } path ? File.ReadAllBytes(PathOf(path))
                : null;
        }
        catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
        {
            throw Wrong($"{field}: {error.Message}");
        }
    }

    /// <summary>Relative paths begin at the kubeconfig's folder.</summary>
    public string PathOf(string path) => Path.Combine(Path.GetDirectoryName(file.FullPath)!, path);

    public KubernetesException Wrong(string message) => file.Wrong(name.Length == 0 ? message : $"{name}: {message}");
}
