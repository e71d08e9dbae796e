using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary>What a port speaks, from the words that Kubernetes and its users have for it.</summary>
public static class PortProtocol
{
    /// <summary>The words that our own objects and settings have for protocols, in any case.</summary>
    public static IReadOnlyDictionary<string, Protocol> Words { get; } = new Dictionary<string, Protocol>(StringComparer.OrdinalIgnoreCase)
    {
        ["http"] = Protocol.Http, ["http2"] = Protocol.Http2, ["grpc"] = Protocol.Grpc, ["tcp"] = Protocol.Tcp, ["tls"] = Protocol.Tls,
    };

    /// <summary>
    /// From <c>appProtocol</c>, else from the first part of the port's name (<c>http-metrics</c>), else TCP.
    /// See https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol.
    /// </summary>
    public static Protocol Of(string? appProtocol, string portName)
    {
        if (!string.IsNullOrEmpty(appProtocol))
        {
            return Known(appProtocol.ToLowerInvariant()) ?? Protocol.Tcp;
        }
        string name = portName.ToLowerInvariant();
        // grpc-web is HTTP/1.1 on the wire; every other word ends at the first dash.
        return Known(name is "grpc-web" || name.StartsWith("grpc-web-", StringComparison.Ordinal) ? "grpc-web" : name.Split('-')[0]) ?? Protocol.Tcp;
    }

    private static Protocol? Known(string word) => word switch
    {
        "http" or "ws" or "grpc-web" or "kubernetes.io/ws" => Protocol.Http,
        "http2" or "h2c" or "kubernetes.io/h2c" => Protocol.Http2,
        "grpc" => Protocol.Grpc,
        "https" or "tls" or "wss" or "kubernetes.io/wss" => Protocol.Tls,
        "tcp" => Protocol.Tcp,
        _ => null,
    };
}
