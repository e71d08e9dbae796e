namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>v1 Node: where it is is in its labels.</summary>
internal sealed record NodeObject : IKubernetesObject
{
    public const string RegionLabel = "topology.kubernetes.io/region";
    public const string ZoneLabel = "topology.kubernetes.io/zone";

    public ObjectMeta Metadata { get; set; } = new();
}
