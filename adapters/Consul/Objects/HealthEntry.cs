namespace ControlPlane.Adapters.Consul.Objects;

/// <summary>One instance of a service, with its node and the checks of both: <c>/v1/health/service/NAME</c>.</summary>
internal sealed record HealthEntry
{
    public ConsulNode? Node { get; set; }

    public ConsulService? Service { get; set; }

    public List<ConsulCheck>? Checks { get; set; }
}

internal sealed record ConsulNode
{
    /// <summary>Empty for nodes that something else than an agent registered.</summary>
    public string? ID { get; set; }

    public string Node { get; set; } = "";

    public string? Address { get; set; }

    public string? Datacenter { get; set; }

    public Dictionary<string, string>? Meta { get; set; }
}

internal sealed record ConsulService
{
    /// <summary>Unique on its node.</summary>
    public string ID { get; set; } = "";

    public string Service { get; set; } = "";

    public List<string>? Tags { get; set; }

    /// <summary>Empty: that of the node.</summary>
    public string? Address { get; set; }

    public Dictionary<string, string>? Meta { get; set; }

    public int Port { get; set; }

    public ConsulWeights? Weights { get; set; }

    /// <summary>Empty for an ordinary service; <c>connect-proxy</c>, <c>mesh-gateway</c>, <c>ingress-gateway</c>, <c>terminating-gateway</c>.</summary>
    public string? Kind { get; set; }

    public ConsulProxy? Proxy { get; set; }

    public ConsulConnect? Connect { get; set; }
}

/// <summary>How much of the traffic an instance is to get.</summary>
internal sealed record ConsulWeights
{
    public int Passing { get; set; } = 1;

    public int Warning { get; set; } = 1;
}

internal sealed record ConsulProxy
{
    /// <summary>The service that the proxy stands for.</summary>
    public string? DestinationServiceName { get; set; }

    public string? DestinationServiceID { get; set; }
}

internal sealed record ConsulConnect
{
    /// <summary>Speaks mutual TLS by itself.</summary>
    public bool Native { get; set; }
}

internal sealed record ConsulCheck
{
    public string CheckID { get; set; } = "";

    /// <summary>Empty: a check of the whole node.</summary>
    public string? ServiceID { get; set; }

    /// <summary><c>passing</c>, <c>warning</c> or <c>critical</c>.</summary>
    public string Status { get; set; } = "";
}
