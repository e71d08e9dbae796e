using ControlPlane.Model;
using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>The filter chains of an inbound listener that takes mutual TLS: that alone, or plaintext beside it.</summary>
internal static class InboundChains
{
    // Where the server speaks first there is nothing to inspect: such a caller in plaintext waits so long, once a connection.
    private static readonly Duration FirstBytes = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));

    public static void Encrypt(Listener listener, Protocol protocol, InboundTls tls)
    {
        FilterChain plaintext = listener.FilterChains[0];
        FilterChain encrypted = plaintext.Clone();
        encrypted.Name = TransportSockets.Mtls;
        encrypted.TransportSocket = MtlsSockets.Downstream(tls.Mesh.Name, protocol);
        listener.FilterChains.Insert(0, encrypted);
        if (tls.IsStrict)
        {
            listener.FilterChains.Remove(plaintext);
            return;
        }
        plaintext.Name = "plaintext";
        encrypted.FilterChainMatch = new FilterChainMatch { TransportProtocol = "tls" };
        if (protocol == Protocol.Tls)
        {
            // The application's own TLS is plaintext to the mesh: sidecars are known by the name that they ask for.
            encrypted.FilterChainMatch.ServerNames.Add(EnvoyNames.AnyOfMesh(tls.Mesh.Name));
        }
        listener.ListenerFilters.Add(new ListenerFilter { Name = "envoy.filters.listener.tls_inspector", TypedConfig = Any.Pack(new TlsInspector()) });
        if (!protocol.IsHttp())
        {
            listener.ListenerFiltersTimeout = FirstBytes;
            listener.ContinueOnListenerFiltersTimeout = true;
        }
    }
}
