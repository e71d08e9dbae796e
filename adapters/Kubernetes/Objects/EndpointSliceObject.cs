namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>discovery.k8s.io/v1 EndpointSlice.</summary>
internal sealed record EndpointSliceObject : IKubernetesObject
{
    public const string ServiceLabel = "kubernetes.io/service-name";

    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>IPv4, IPv6 or FQDN.</summary>
    public string AddressType { get; set; } = "";

    /// <summary>Null: every port.</summary>
    public List<EndpointPort>? Ports { get; set; }

    public List<EndpointSpec>? Endpoints { get; set; }
}

internal sealed record EndpointPort
{
    public string? Name { get; set; }

    public int? Port { get; set; }
}

internal sealed record EndpointSpec
{
    /// <summary>Only the first is to be used.</summary>
    public List<string>? Addresses { get; set; }

    public EndpointConditions? Conditions { get; set; }

    /// <summary>The pod's own name under that of its service.</summary>
    public string? Hostname { get; set; }

    public string? NodeName { get; set; }

    public string? Zone { get; set; }

    public TargetReference? TargetRef { get; set; }

    public EndpointHints? Hints { get; set; }
}

/// <summary>Whose callers an endpoint is meant for.</summary>
internal sealed record EndpointHints
{
    public List<ZoneHint>? ForZones { get; set; }
}

internal sealed record ZoneHint
{
    public string? Name { get; set; }
}

/// <summary>What is not said is ready, serving as it is ready, and not terminating.</summary>
internal sealed record EndpointConditions
{
    public bool? Ready { get; set; }

    public bool? Serving { get; set; }

    public bool? Terminating { get; set; }
}

internal sealed record TargetReference
{
    public string? Kind { get; set; }

    public string? Namespace { get; set; }

    public string? Name { get; set; }
}
