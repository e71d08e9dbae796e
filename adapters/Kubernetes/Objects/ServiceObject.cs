using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>v1 Service.</summary>
internal sealed record ServiceObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; init; } = new();

    public ServiceSpec Spec { get; init; } = new();
}

internal sealed record ServiceSpec
{
    public string? Type { get; init; }

    public List<ServicePortSpec>? Ports { get; init; }

    /// <summary>The first one is the service's own.</summary>
    public List<string>? IpFamilies { get; init; }
}

internal sealed record ServicePortSpec
{
    public string? Name { get; init; }

    public int Port { get; init; }

    /// <summary>TCP, UDP or SCTP; nothing is TCP.</summary>
    public string? Protocol { get; init; }

    public string? AppProtocol { get; init; }

    [JsonIgnore]
    public bool IsTcp => Protocol is null or "TCP";
}
