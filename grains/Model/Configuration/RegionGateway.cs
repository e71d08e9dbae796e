using System.Text.Json.Serialization;

namespace ControlPlane.Model.Configuration;

/// <summary>A proxy that others go through: where it stands, and where it is reached.</summary>
[GenerateSerializer, Immutable, Alias("cp.RegionGateway")]
public sealed record RegionGateway : ConfigObject
{
    /// <summary>Where an east-west gateway listens, unless its object says otherwise. Those of other roles: the next ones.</summary>
    public const int DefaultPort = 15443;

    [JsonIgnore]
    public override string Kind => "RegionGateway";

    // Not required: what is at its default is left out of what is stored.
    [Id(0)]
    public GatewayRole Role { get; init; }

    /// <summary>The mesh it belongs to. That of an internal API gateway is the mesh whose services it stands for.</summary>
    [Id(1)]
    public string Mesh { get; init; } = Cluster.DefaultMesh;

    /// <summary>Where it stands: what it reaches directly.</summary>
    [Id(2)]
    public string Network { get; init; } = Cluster.DefaultNetwork;

    [Id(3)]
    public Locality Locality { get; init; } = Locality.Unknown;

    [Id(4)]
    public ValueList<GatewayAddress> Addresses { get; init; }

    /// <summary>Where its proxies listen, 1 to 65535. (An address may be that of a load balancer with other ports.)</summary>
    [Id(5)]
    public int Port { get; init; } = DefaultPort;

    /// <summary>Of an ingress gateway: the <see cref="Gateway"/> that its proxies serve, <c>namespace/name</c>. Else empty.</summary>
    [Id(6)]
    public string Serves { get; init; } = "";
}

/// <summary>An address of a gateway.</summary>
/// <param name="Host">An IP address, or a host name that the control plane resolves.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="From">The networks that it is reachable from. Empty: all.</param>
[GenerateSerializer, Immutable, Alias("cp.GatewayAddress")]
public sealed record GatewayAddress(
    [property: Id(0)] string Host,
    [property: Id(1)] int Port,
    [property: Id(2)] ValueList<string> From)
{
    public bool IsReachableFrom(string network) => From.IsEmpty || From.Contains(network);
}

/// <summary>What a gateway is for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GatewayRole>))]
public enum GatewayRole
{
    /// <summary>Joins networks of one mesh: passes mutual TLS on by its SNI, to endpoints of its own network.</summary>
    EastWest,

    /// <summary>The way out of a network whose workloads do not reach the gateways of others by themselves: passes mutual TLS on to those.</summary>
    Egress,

    /// <summary>Joins meshes: ends the mutual TLS of callers of another mesh and begins that of its own.</summary>
    Internal,

    /// <summary>The way in for callers that are in no mesh.</summary>
    Ingress,
}
