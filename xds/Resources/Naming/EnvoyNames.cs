using System.Globalization;
using System.IO.Hashing;
using System.Text;
using ControlPlane.Model;

namespace ControlPlane.Xds.Resources.Naming;

/// <summary>The names that Envoys, gateways and applications see. They are a contract between views, silos and regions.</summary>
public static class EnvoyNames
{
    public const string OutboundHttp = "outbound-http";

    /// <summary>A secret of the bootstrap: the authorities that the proxy's machine trusts.</summary>
    public const string SystemAuthorities = "system_authorities";

    private const int MaxLabel = 63;

    /// <summary>The name of an Envoy cluster, of its assignment, and its SNI: <c>pPORT.SERVICE.NAMESPACE.MESH.mesh</c>, lower case.</summary>
    public static string Cluster(ServiceId service, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"p{port}.{Label(service.Name)}.{Label(service.Namespace)}.{Label(service.Mesh)}.mesh");

    /// <summary>The same for a part of the service's endpoints: <c>SUBSET.pPORT.SERVICE.NAMESPACE.MESH.mesh</c>.</summary>
    /// <param name="subset">A name of one endpoint; empty: all of the service.</param>
    public static string Cluster(ServiceId service, int port, string subset) => subset.Length == 0 ? Cluster(service, port) : $"{Label(subset)}.{Cluster(service, port)}";

    /// <summary>The internal listener of a function, and the Envoy cluster behind that: <c>lambda-hash8.ENVOY_CLUSTER</c>.</summary>
    /// <param name="address">Its ARN or URL.</param>
    public static string Function(string envoyCluster, string address) => $"lambda-{Hash(address)}.{envoyCluster}";

    public static string OutboundTcp(string envoyCluster) => $"outbound-tcp.{envoyCluster}";

    public static string Inbound(int port) => string.Create(CultureInfo.InvariantCulture, $"inbound.{port}");

    /// <summary>All names of Envoy clusters of a mesh, as an SNI is matched.</summary>
    public static string AnyOfMesh(string mesh) => $"*.{Label(mesh)}.mesh";

    /// <summary>The listener of an east-west gateway.</summary>
    public static string EastWest(int port) => string.Create(CultureInfo.InvariantCulture, $"eastwest.{port}");

    /// <summary>The listener of an egress gateway.</summary>
    public static string Egress(int port) => string.Create(CultureInfo.InvariantCulture, $"egress.{port}");

    /// <summary>The listener of an internal API gateway.</summary>
    public static string Internal(int port) => string.Create(CultureInfo.InvariantCulture, $"internal.{port}");

    public static string GatewayListener(string ns, string gateway, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{ns}.{gateway}.{port}");

    /// <summary>What a gRPC client calls a port: <c>xds:///svc.ns:port</c>, or <c>xds:///SUBSET.svc.ns:port</c>.</summary>
    public static string Grpc(ServiceId service, int port, string subset = "") => string.Create(
        CultureInfo.InvariantCulture, $"{subset}{(subset.Length > 0 ? "." : "")}{service.Name}.{service.Namespace}:{port}");

    /// <summary>A DNS label: what has other characters, or more than 63, becomes <c>cleaned-hash8</c>.</summary>
    public static string Label(string text)
    {
        bool isLabel = text.Length is > 0 and <= MaxLabel && text[0] != '-' && text[^1] != '-'
            && text.All(character => character is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');
        return isLabel ? text : Cleaned(text);
    }

    private static string Cleaned(string text)
    {
        string hash = Hash(text);
        string cleaned = new([.. text.ToLowerInvariant().Select(character => character is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? character : '-')]);
        cleaned = cleaned.Trim('-');
        cleaned = cleaned.Length > MaxLabel - 9 ? cleaned[..(MaxLabel - 9)].TrimEnd('-') : cleaned;
        return cleaned.Length == 0 ? $"x-{hash}" : $"{cleaned}-{hash}";
    }

    private static string Hash(string text) => ((uint)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text))).ToString("x8", CultureInfo.InvariantCulture);
}
