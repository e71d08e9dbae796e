namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>Of an object's metadata what is needed.</summary>
internal sealed record ObjectMeta
{
    public string Name { get; set; } = "";

    public string Namespace { get; set; } = "";

    public string? ResourceVersion { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    public Dictionary<string, string>? Annotations { get; set; }
}

/// <summary>The name of a namespaced object.</summary>
internal readonly record struct NamespacedName(string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";
}

internal interface IKubernetesObject
{
    ObjectMeta Metadata { get; }
}

internal static class KubernetesObjectExtensions
{
    public static NamespacedName Key(this IKubernetesObject item) => new(item.Metadata.Namespace, item.Metadata.Name);
}
