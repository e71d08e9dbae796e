namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>discovery.k8s.io/v1 EndpointSlice.</summary>
internal sealed record EndpointSliceObject : IKubernetesObject
{
    public const string ServiceLabel = "kubernetes.io/service-name";

    public ObjectMeta Metadata { get; init; } = new();

    /// <summary>IPv4, IPv6 or FQDN.</summary>
    public string AddressType { get; init; } = "";

    /// <summary>Null: every port.</summary>
    public List<EndpointPort>? Ports { get; init; }

    public List<EndpointSpec>? Endpoints { get; init; }
}

internal sealed record EndpointPort
{
    public string? Name { get; init; }

    public int? Port { get; init; }
}

internal sealed record EndpointSpec
{
    /// <summary>Only the first is to be used.</summary>
    public List<string>? Addresses { get; init; }

    public EndpointConditions? Conditions { get; init; }

    public string? NodeName { get; init; }

    public string? Zone { get; init; }

    public TargetReference? TargetRef { get; init; }
}

/// <summary>What is not said is ready, serving as it is ready, and not terminating.</summary>
internal sealed record EndpointConditions
{
    public bool? Ready { get; init; }

    public bool? Serving { get; init; }

    public bool? Terminating { get; init; }
}

internal sealed record TargetReference
{
    public string? Kind { get; init; }

    public string? Namespace { get; init; }

    public string? Name { get; init; }
}
