using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>v1 Service.</summary>
internal sealed record ServiceObject : IKubernetesObject
{
    public ObjectMeta Metadata { get; set; } = new();

    public ServiceSpec Spec { get; set; } = new();
}

internal sealed record ServiceSpec
{
    public string? Type { get; set; }

    /// <summary>The host name of a service of type ExternalName.</summary>
    public string? ExternalName { get; set; }

    /// <summary><c>None</c>: headless, its pods have names of their own.</summary>
    public string? ClusterIP { get; set; }

    public List<ServicePortSpec>? Ports { get; set; }

    /// <summary>The first one is the service's own.</summary>
    public List<string>? IpFamilies { get; set; }

    /// <summary>PreferSameZone, PreferSameNode, or PreferClose, which is the former name of the first.</summary>
    public string? TrafficDistribution { get; set; }

    [JsonIgnore]
    public bool IsHeadless => ClusterIP == "None";

    [JsonIgnore]
    public bool IsExternalName => Type == "ExternalName";
}

internal sealed record ServicePortSpec
{
    public string? Name { get; set; }

    public int Port { get; set; }

    /// <summary>TCP, UDP or SCTP; nothing is TCP.</summary>
    public string? Protocol { get; set; }

    public string? AppProtocol { get; set; }

    [JsonIgnore]
    public bool IsTcp => Protocol is null or "TCP";
}
