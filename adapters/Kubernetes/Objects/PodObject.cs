namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>v1 Pod.</summary>
internal sealed record PodObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public PodSpec Spec { get; init; } = new();
}

internal sealed record PodSpec
{
    public string? ServiceAccountName { get; init; }
}
