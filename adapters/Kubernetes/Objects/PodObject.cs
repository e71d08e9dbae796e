namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>v1 Pod.</summary>
internal sealed record PodObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public PodSpec Spec { get; set; } = new();
}

internal sealed record PodSpec
{
    public string? ServiceAccountName { get; set; }
}
