using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.RawBuffer.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using EnvoyCluster = Envoy.Config.Cluster.V3.Cluster;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>Mutual TLS between proxies: what an Envoy cluster speaks to its hosts, and what a listener takes.</summary>
/// <remarks>Certificates and authorities are secrets, so that a new one changes no cluster and no listener.</remarks>
internal static class MtlsSockets
{
    /// <summary>For the hosts with the metadata of <see cref="TransportSockets"/> mutual TLS, for the others plaintext.</summary>
    public static IEnumerable<EnvoyCluster.Types.TransportSocketMatch> Upstream(UpstreamTls tls) =>
    [
        new()
        {
            Name = TransportSockets.Mtls,
            Match = TransportSockets.MtlsMatch,
            TransportSocket = Socket(new UpstreamTlsContext { Sni = tls.Sni, CommonTlsContext = Common(tls.Identity, tls.Peers, tls.Alpn) }),
        },
        new()
        {
            Name = "plaintext",
            Match = new Struct(),
            TransportSocket = new TransportSocket { Name = "envoy.transport_sockets.raw_buffer", TypedConfig = Any.Pack(new RawBuffer()) },
        },
    ];

    /// <summary>The callers need a certificate of the mesh.</summary>
    /// <param name="identity">The secret with the certificate that they are shown.</param>
    public static TransportSocket Downstream(string mesh, Protocol protocol, string identity = SecretNames.Identity) => Socket(new DownstreamTlsContext
    {
        RequireClientCertificate = true,
        CommonTlsContext = Common(identity, SecretNames.Authorities(mesh), protocol.IsHttp() ? ["h2", "http/1.1"] : []),
    });

    /// <summary>What a caller offers to speak on a port.</summary>
    /// <param name="callersMesh">Of a caller of another mesh: its gateways present the certificate that this caller trusts. Else null.</param>
    public static IEnumerable<string> AlpnOf(Protocol protocol, string? callersMesh)
    {
        if (callersMesh is not null)
        {
            yield return CallersOf(callersMesh);
        }
        if (protocol.IsHttp())
        {
            yield return protocol == Protocol.Http ? "http/1.1" : "h2";
        }
    }

    /// <summary>How callers of a mesh say to the internal gateways of others which mesh they are of.</summary>
    public static string CallersOf(string mesh) => $"mesh.{mesh}";

    private static CommonTlsContext Common(string identity, string trusted, IEnumerable<string> alpn) => new()
    {
        // As a client Envoy stops at TLS 1.2 unless told so.
        TlsParams = new TlsParameters
        {
            TlsMinimumProtocolVersion = TlsParameters.Types.TlsProtocol.Tlsv13,
            TlsMaximumProtocolVersion = TlsParameters.Types.TlsProtocol.Tlsv13,
        },
        TlsCertificateSdsSecretConfigs = { Secret(identity) },
        ValidationContextSdsSecretConfig = Secret(trusted),
        AlpnProtocols = { alpn },
    };

    private static SdsSecretConfig Secret(string name) => new() { Name = name, SdsConfig = ConfigSources.Ads };

    private static TransportSocket Socket(IMessage context) => new() { Name = "envoy.transport_sockets.tls", TypedConfig = Any.Pack(context) };
}

/// <summary>How mutual TLS is spoken to a service's port.</summary>
/// <param name="Sni">The Envoy cluster: what gateways on the way see.</param>
/// <param name="Identity">The secret with the caller's certificate.</param>
/// <param name="Peers">The secret with what is trusted.</param>
internal sealed record UpstreamTls(string Sni, string Identity, string Peers, IEnumerable<string> Alpn);

/// <summary>How a sidecar of a mesh with certificates takes calls.</summary>
/// <param name="HasIdentity">Whether it has a certificate. Without one it takes plaintext only, if the mesh allows that.</param>
internal sealed record InboundTls(Mesh Mesh, bool HasIdentity)
{
    public bool IsStrict => Mesh.Mtls == MtlsMode.Strict;
}
