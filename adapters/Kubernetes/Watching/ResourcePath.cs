namespace ControlPlane.Adapters.Kubernetes.Watching;

/// <summary>A kind of objects in a cluster, or in one namespace of it.</summary>
/// <param name="Group">Empty: the core group.</param>
/// <param name="Namespace">Null: all, or a kind that has none.</param>
/// <param name="Label">Only those with this label, <c>NAME=VALUE</c>; null: all.</param>
internal sealed record ResourcePath(string Group, string Version, string Plural, string? Namespace = null, string? Label = null)
{
    public string Path =>
        (Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}")
        + (Namespace is null ? "" : $"/namespaces/{Namespace}")
        + $"/{Plural}";

    /// <summary>What is asked for beside other parameters; empty, or it begins with <c>&amp;</c>.</summary>
    public string Selector => Label is null ? "" : $"&labelSelector={Uri.EscapeDataString(Label)}";

    public override string ToString() =>
        (Group.Length == 0 ? Plural : $"{Plural}.{Group}") + (Namespace is null ? "" : $" in {Namespace}");
}
