using System.Text.Json.Serialization;

namespace ControlPlane.Model;

/// <summary>A port of a service, as its callers know it.</summary>
/// <param name="Name">Empty where a service has one unnamed port.</param>
/// <param name="Port">1 to 65535.</param>
[GenerateSerializer, Immutable, Alias("cp.ServicePort")]
public sealed record ServicePort(
    [property: Id(0)] string Name,
    [property: Id(1)] int Port,
    [property: Id(2)] Protocol Protocol)
{
    /// <summary>
    /// For ports that are not routed by host name: where sidecars listen for it on their loopback address. As the source says, or allocated; 0 until then.
    /// </summary>
    [Id(3)]
    public int LoopbackPort { get; init; }
}

/// <summary>What is spoken on a port.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Protocol>))]
public enum Protocol
{
    Tcp,
    Http,
    Http2,
    Grpc,

    /// <summary>TLS that the application itself ends: carried as TCP.</summary>
    Tls,
}

public static class ProtocolExtensions
{
    /// <summary>Whether calls are routed by host name and path.</summary>
    public static bool IsHttp(this Protocol protocol) => protocol is Protocol.Http or Protocol.Http2 or Protocol.Grpc;
}
