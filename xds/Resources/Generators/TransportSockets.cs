using Envoy.Config.Core.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>How the hosts of one Envoy cluster are told apart: those that speak mutual TLS have metadata that its socket matches.</summary>
internal static class TransportSockets
{
    /// <summary>Where Envoy looks in the metadata of hosts.</summary>
    public const string MatchNamespace = "envoy.transport_socket_match";

    public const string Key = "controlplane";

    public const string Mtls = "mtls";

    /// <summary>The field <c>metadata</c> of an LbEndpoint, encoded: the same for all that speak mutual TLS.</summary>
    public static ReadOnlySpan<byte> MtlsMetadata => Encoded;

    private static readonly byte[] Encoded = Encode();

    /// <summary>What the socket for mutual TLS matches.</summary>
    public static Struct MtlsMatch => new() { Fields = { [Key] = Value.ForString(Mtls) } };

    private static byte[] Encode() => new Envoy.Config.Endpoint.V3.LbEndpoint
    {
        Metadata = new Metadata { FilterMetadata = { [MatchNamespace] = MtlsMatch } },
    }.ToByteArray();
}
