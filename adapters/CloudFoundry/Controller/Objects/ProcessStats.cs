namespace ControlPlane.Adapters.CloudFoundry.Controller.Objects;

/// <summary>The instances of a process, as they are now: <c>/v3/processes/GUID/stats</c>.</summary>
internal sealed record ProcessStats
{
    public required List<InstanceStats> Resources { get; set; }
}

internal sealed record InstanceStats
{
    public int Index { get; set; }

    /// <summary>Newer Cloud Controllers only.</summary>
    public string? InstanceGuid { get; set; }

    /// <summary><c>RUNNING</c>, <c>STARTING</c>, <c>STOPPING</c>, <c>CRASHED</c>, <c>DOWN</c>.</summary>
    public string? State { get; set; }

    /// <summary>What the readiness check says; null: there is none.</summary>
    public bool? Routable { get; set; }

    /// <summary>The address of the cell.</summary>
    public string? Host { get; set; }

    public List<InstancePorts>? InstancePorts { get; set; }

    public string? IsolationSegment { get; set; }
}

/// <summary>How a port of the container is reached on its cell.</summary>
internal sealed record InstancePorts
{
    /// <summary>0 or null: it is not, but through the proxy that speaks TLS.</summary>
    public int? External { get; set; }

    public int? Internal { get; set; }

    public int? ExternalTlsProxyPort { get; set; }
}
