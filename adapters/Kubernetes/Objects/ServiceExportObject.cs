namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>multicluster.x-k8s.io/v1alpha1 ServiceExport: the service of its name is shared with the other clusters of the set.</summary>
internal sealed record ServiceExportObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();
}

/// <summary>multicluster.x-k8s.io/v1alpha1 ServiceImport: a service of the set, as this cluster's clients know it.</summary>
internal sealed record ServiceImportObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public ServiceImportSpec Spec { get; set; } = new();
}

internal sealed record ServiceImportSpec
{
    public List<ServicePortSpec>? Ports { get; set; }
}
