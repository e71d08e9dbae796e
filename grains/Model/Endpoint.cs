using System.Text.Json.Serialization;

namespace ControlPlane.Model;

/// <summary>One address of a service.</summary>
[GenerateSerializer, Immutable, Alias("cp.Endpoint")]
public sealed record Endpoint
{
    /// <summary>An IPv4 or IPv6 address. Of a function its ARN, or the URL that it is called by.</summary>
    [Id(0)]
    public required string Address { get; init; }

    /// <summary>The port that serves each port of the service part, in the same order; 0 where this endpoint does not serve it.</summary>
    [Id(1)]
    public required ValueList<int> Ports { get; init; }

    /// <summary>The <see cref="Cluster"/> object's name.</summary>
    [Id(2)]
    public required string Cluster { get; init; }

    [Id(3)]
    public Locality Locality { get; init; } = Locality.Unknown;

    [Id(4)]
    public Health Health { get; init; } = Health.Healthy;

    /// <summary>Relative, 1 or more.</summary>
    [Id(5)]
    public int Weight { get; init; } = 1;

    /// <summary>
    /// Whether it counts in the size of its service: it does once it has been ready, or has had its grace to start.
    /// What does not count is not sent to anybody.
    /// </summary>
    [Id(6)]
    public bool Declared { get; init; } = true;

    [Id(7)]
    public Speaks Speaks { get; init; } = Speaks.Plaintext;

    /// <summary>The workload's name, for people: a pod, a machine. Empty if unknown.</summary>
    [Id(8)]
    public string Workload { get; init; } = "";

    /// <summary>The service account or other identity the workload runs as, without trust domain. Empty if unknown.</summary>
    [Id(9)]
    public string Identity { get; init; } = "";

    /// <summary>Where the invoke API of a function is that is called by its ARN: <c>https://lambda.eu-west-1.amazonaws.com</c>. Else empty.</summary>
    [Id(10)]
    public string Api { get; init => field = value ?? ""; } = "";

    /// <summary>Whether only callers of its own cluster may call it.</summary>
    [Id(11)]
    public bool IsLocal { get; init; }

    /// <summary>A name of its own under that of its service, a DNS label, as pods of headless services have. Empty: none.</summary>
    [Id(12)]
    public string Hostname { get; init => field = value ?? ""; } = "";

    /// <summary>Labels of the workload, in the order of their names: what the subsets of a policy select by.</summary>
    [Id(13)]
    public ValueList<Label> Labels { get; init; }

    /// <summary>The zones whose callers it is meant for, as the hints of an EndpointSlice say. Empty: everybody.</summary>
    [Id(14)]
    public ValueList<string> ForZones { get; init; }

    /// <summary>The region of the control plane that says it. Empty: this one.</summary>
    [Id(15)]
    public string Region { get; init => field = value ?? ""; } = "";

    /// <summary>Whether it is a function: it has no address of its own, proxies call it through the web.</summary>
    [JsonIgnore]
    public bool IsFunction => Speaks.IsFunction();
}

/// <summary>The health of an endpoint as its source declares it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Health>))]
public enum Health
{
    /// <summary>Nothing is said: counts as healthy.</summary>
    Unknown,
    Healthy,
    Degraded,

    /// <summary>Terminating and still serving: keeps its connections, gets no new ones.</summary>
    Draining,
    Unhealthy,
}

/// <summary>How an endpoint is spoken to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Speaks>))]
public enum Speaks
{
    Plaintext,

    /// <summary>A sidecar that ends mutual TLS listens there.</summary>
    Mtls,

    /// <summary>A function of AWS Lambda that is called by its ARN, through the invoke API, with signed requests.</summary>
    Lambda,

    /// <summary>A URL, which anybody may call.</summary>
    Https,

    /// <summary>The URL of a function of AWS Lambda, with signed requests.</summary>
    SignedHttps,
}

public static class SpeaksExtensions
{
    /// <summary>Whether it has no address of its own: it is called through the web.</summary>
    public static bool IsFunction(this Speaks speaks) => speaks is Speaks.Lambda or Speaks.Https or Speaks.SignedHttps;
}
