using ControlPlane.Model;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>
/// The listener of an internal API gateway: for each mesh that may call and each port of what is exported to it a filter chain, which ends the mutual TLS of
/// that mesh. What goes on to the service says who has called, as the certificate said.
/// </summary>
internal static class InternalGatewayGenerator
{
    // What Envoy has verified: it takes the place of whatever the caller has written there.
    private const string VerifiedCaller = "%DOWNSTREAM_PEER_URI_SAN%";

    public static Listener Listener(string name, string address, int port, IEnumerable<ExportedPort> exported) => new()
    {
        Name = name,
        StatPrefix = name,
        Address = Addresses.Of(address, port),
        TrafficDirection = TrafficDirection.Inbound,
        ListenerFilters =
        {
            new ListenerFilter { Name = "envoy.filters.listener.tls_inspector", TypedConfig = Any.Pack(new TlsInspector()) },
        },
        FilterChains = { exported.Select(Chain) },
    };

    private static FilterChain Chain(ExportedPort exported) => new()
    {
        Name = $"{exported.EnvoyCluster} for {exported.Mesh}",
        FilterChainMatch = new FilterChainMatch
        {
            TransportProtocol = "tls",
            ServerNames = { exported.EnvoyCluster },
            // Which mesh the caller is of decides which certificate it is shown, and there is nothing else to tell it by before the handshake.
            ApplicationProtocols = { MtlsSockets.CallersOf(exported.Mesh) },
        },
        TransportSocket = MtlsSockets.Downstream(exported.Mesh, exported.Protocol, SecretNames.IdentityIn(exported.Mesh)),
        Filters =
        {
            exported.Protocol.IsHttp()
                ? ListenerGenerator.HttpToVerified(exported.EnvoyCluster, exported.Policy, new HeaderValueOption
                {
                    Header = new HeaderValue { Key = CallerHeader.Name, Value = VerifiedCaller },
                    AppendAction = HeaderValueOption.Types.HeaderAppendAction.OverwriteIfExistsOrAdd,
                })
                : ListenerGenerator.Tcp(exported.EnvoyCluster),
        },
    };
}

/// <summary>A port of a service that callers of another mesh may call.</summary>
/// <param name="Mesh">The callers'.</param>
internal sealed record ExportedPort(string Mesh, string EnvoyCluster, Protocol Protocol, EffectivePolicy Policy);
