using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>v1 Pod.</summary>
internal sealed record PodObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public PodSpec Spec { get; set; } = new();

    public PodStatus? Status { get; set; }
}

internal sealed record PodSpec
{
    public string? ServiceAccountName { get; set; }
}

internal sealed record PodStatus
{
    /// <summary>One of each family at most.</summary>
    [JsonPropertyName("podIPs")]
    public List<PodAddress>? PodIPs { get; set; }
}

internal sealed record PodAddress
{
    public string? Ip { get; set; }
}
