namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>v1 Namespace: what matters is its labels.</summary>
internal sealed record NamespaceObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();
}
