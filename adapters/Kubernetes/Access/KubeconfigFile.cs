using ControlPlane.Adapters.Configuration;

namespace ControlPlane.Adapters.Kubernetes.Access;

/// <summary>A kubeconfig's text, before it is known what of it is used.</summary>
internal sealed class KubeconfigFile
{
    public KubeconfigFile(string path)
    {
        FullPath = Path.GetFullPath(path);
        string text;
        try
        {
            text = File.ReadAllText(FullPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Wrong($"it cannot be read: {error.Message}", error);
        }
        var problems = new ProblemList(new Origin(FullPath, HasLines: true));
        IReadOnlyList<ConfigNode> documents = YamlNodes.Read(text, problems);
        if (problems.Count > 0)
        {
            throw Wrong(problems.ToValueList()[0].ToString());
        }
        Root = documents is [MappingNode root, ..]
            ? new KubeconfigSection(this, root, "")
            : throw Wrong("expected a mapping with clusters, contexts and users");
    }

    public string FullPath { get; }

    public KubeconfigSection Root { get; }

    /// <summary>The entry of that name in a list of <c>{name, SECTION}</c>.</summary>
    public KubeconfigSection Named(string list, string name, string section)
    {
        foreach (ConfigNode item in (Root.Node.Find(list) as SequenceNode)?.Items ?? [])
        {
            if (item is MappingNode entry && entry.Find("name") is ScalarNode { Text: var found } && found == name)
            {
                return new KubeconfigSection(this, entry.Find(section) as MappingNode ?? MappingNode.Empty, $"{list}[{name}]");
            }
        }
        throw Wrong($"it has no '{name}' in {list}");
    }

    public KubernetesException Wrong(string message, Exception? inner = null) =>
        inner is null ? new KubernetesException($"kubeconfig {FullPath}: {message}") : new KubernetesException($"kubeconfig {FullPath}: {message}", inner);
}
