namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>v1 Secret. No record: it is never to become a text.</summary>
internal sealed class SecretObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>In base64.</summary>
    public Dictionary<string, string>? Data { get; set; }
}
