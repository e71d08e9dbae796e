using ControlPlane.Adapters.Configuration;

namespace ControlPlane.Adapters.Kubernetes.Access;

/// <summary>A kubeconfig's text, before it is known what of it is used.</summary>
internal sealed class KubeconfigDocument
{
    private readonly string title;

    private KubeconfigDocument(string title, string? folder)
    {
        this.title = title;
        Folder = folder;
    }

    /// <summary>Where relative paths begin; null: it may name no files, and nothing of it is quoted.</summary>
    public string? Folder { get; }

    public KubeconfigSection Root { get; private set; } = null!;

    /// <exception cref="KubernetesException">There is none, or it is no kubeconfig.</exception>
    public static KubeconfigDocument OfFile(string path)
    {
        string file = Path.GetFullPath(path);
        var document = new KubeconfigDocument($"kubeconfig {file}: ", Path.GetDirectoryName(file)!);
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw document.Wrong($"it cannot be read: {error.Message}", error);
        }
        var problems = new ProblemList(new Origin(file, HasLines: true));
        IReadOnlyList<ConfigNode> documents = YamlNodes.Read(text, problems);
        return problems.Count == 0 ? document.Of(documents) : throw document.Wrong(problems.ToValueList()[0].ToString());
    }

    /// <summary>
    /// One that came over the network. Who wrote it may not make this process read its machine's files, and as it may hold a secret anywhere, what is wrong
    /// with it is said without its words.
    /// </summary>
    /// <exception cref="KubernetesException">It is no kubeconfig.</exception>
    public static KubeconfigDocument OfSecret(string text)
    {
        var document = new KubeconfigDocument("", null);
        var problems = new ProblemList(new Origin("line", HasLines: true));
        IReadOnlyList<ConfigNode> documents = YamlNodes.Read(text, problems);
        return problems.Count == 0 ? document.Of(documents) : throw document.Wrong($"it cannot be read as YAML, near {problems.ToValueList()[0].Where.Replace(':', ' ')}");
    }

    /// <summary>The entry of that name in a list of <c>{name, SECTION}</c>.</summary>
    public KubeconfigSection Named(string list, string name, string section)
    {
        foreach (ConfigNode item in (Root.Node.Find(list) as SequenceNode)?.Items ?? [])
        {
            if (item is MappingNode entry && entry.Find("name") is ScalarNode { Text: var found } && found == name)
            {
                return new KubeconfigSection(this, entry.Find(section) as MappingNode ?? MappingNode.Empty, Folder is null ? list : $"{list}[{name}]");
            }
        }
        throw Wrong(Folder is null ? $"{list}: an entry that is named elsewhere in it is not there" : $"it has no '{name}' in {list}");
    }

    /// <summary>What was found, where that may be shown.</summary>
    public string Found(string text) => Folder is null ? "" : $", found '{text}'";

    public KubernetesException Wrong(string message, Exception? inner = null) =>
        inner is null ? new KubernetesException(title + message) : new KubernetesException(title + message, inner);

    private KubeconfigDocument Of(IReadOnlyList<ConfigNode> documents)
    {
        Root = documents is [MappingNode root, ..]
            ? new KubeconfigSection(this, root, "")
            : throw Wrong("expected a mapping with clusters, contexts and users");
        return this;
    }
}
