using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Http.Lua.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>What sidecars of a mesh with certificates take, and what they offer.</summary>
public sealed class InboundTlsTests
{
    private static readonly Mesh Bank = new() { Name = "bank", TrustDomain = "bank.example", CertificateFolder = "bank" };

    [Fact]
    public void Strict_TakesCallersWithACertificateOnly()
    {
        Listener listener = Inbound(Protocol.Http, Bank with { Mtls = MtlsMode.Strict });

        DownstreamTlsContext tls = listener.FilterChains.Single().TransportSocket.TypedConfig.Unpack<DownstreamTlsContext>();
        tls.RequireClientCertificate.ShouldBe(true);
        tls.CommonTlsContext.TlsCertificateSdsSecretConfigs.Single().Name.ShouldBe("identity");
        tls.CommonTlsContext.ValidationContextSdsSecretConfig.Name.ShouldBe("authorities.bank");
        tls.CommonTlsContext.AlpnProtocols.ShouldBe(["h2", "http/1.1"]);
        listener.ListenerFilters.ShouldBeEmpty();
    }

    [Fact]
    public void Permissive_TakesPlaintextToo()
    {
        Listener listener = Inbound(Protocol.Http, Bank);

        listener.FilterChains.Select(chain => chain.Name).ShouldBe(["mtls", "plaintext"]);
        listener.FilterChains[0].FilterChainMatch.TransportProtocol.ShouldBe("tls");
        listener.FilterChains[1].TransportSocket.ShouldBeNull();
        listener.ListenerFilters.Single().Name.ShouldBe("envoy.filters.listener.tls_inspector");
        listener.ContinueOnListenerFiltersTimeout.ShouldBeFalse();
    }

    [Fact]
    public void Permissive_WhereTheServerSpeaksFirst_DoesNotWaitForEver()
    {
        Listener listener = Inbound(Protocol.Tcp, Bank);

        listener.ContinueOnListenerFiltersTimeout.ShouldBeTrue();
        listener.FilterChains[0].TransportSocket.TypedConfig.Unpack<DownstreamTlsContext>().CommonTlsContext.AlpnProtocols.ShouldBeEmpty();
    }

    [Fact]
    public void Permissive_OfAnApplicationWithTlsOfItsOwn_KnowsSidecarsByName() =>
        Inbound(Protocol.Tls, Bank).FilterChains[0].FilterChainMatch.ServerNames.ShouldBe(["*.bank.mesh"]);

    [Fact]
    public void Http_SaysWhoCalls_AndBelievesTheHeaderOfGatewaysAlone()
    {
        HttpConnectionManager manager = Manager(Inbound(Protocol.Http, Bank));

        manager.ForwardClientCertDetails.ShouldBe(HttpConnectionManager.Types.ForwardClientCertDetails.SanitizeSet);
        manager.SetCurrentClientCertDetails.Uri.ShouldBeTrue();
        string script = manager.HttpFilters[0].TypedConfig.Unpack<Lua>().DefaultSourceCode.InlineString;
        script.ShouldContain("\"spiffe://bank.example/gateway/\"");
        script.ShouldContain("1, 30)");
        "spiffe://bank.example/gateway/".Length.ShouldBe(30);
    }

    [Fact]
    public void WithoutACertificate_PlaintextAlone_AndNoHeaderIsBelieved()
    {
        Listener listener = ListenerGenerator.Inbound(new InboundPort(8080, 15080, Protocol.Http), "10.0.0.1", new InboundTls(Bank, HasIdentity: false));

        listener.FilterChains.Single().TransportSocket.ShouldBeNull();
        Manager(listener).HttpFilters[0].Name.ShouldBe("envoy.filters.http.lua");
    }

    [Theory]
    [InlineData(Protocol.Http, null, "http/1.1")]
    [InlineData(Protocol.Grpc, null, "h2")]
    [InlineData(Protocol.Tcp, null, "")]
    [InlineData(Protocol.Http2, "trading", "mesh.trading h2")]
    [InlineData(Protocol.Tcp, "trading", "mesh.trading")]
    public void Caller_OffersWhatThePortSpeaks(Protocol protocol, string? callersMesh, string expected)
    {
        var tls = new UpstreamTls("p80.cart.shop.bank.mesh", SecretNames.Identity, SecretNames.Peers(new ServiceId("bank", "shop", "cart")), MtlsSockets.AlpnOf(protocol, callersMesh));

        Envoy.Config.Cluster.V3.Cluster cluster = ClusterGenerator.OfService(tls.Sni, protocol, EffectivePolicy.Default, tls: tls);

        UpstreamTlsContext context = cluster.TransportSocketMatches[0].TransportSocket.TypedConfig.Unpack<UpstreamTlsContext>();
        string.Join(' ', context.CommonTlsContext.AlpnProtocols).ShouldBe(expected);
        context.Sni.ShouldBe("p80.cart.shop.bank.mesh");
        context.CommonTlsContext.ValidationContextSdsSecretConfig.Name.ShouldBe("peers.cart.shop.bank.mesh");
        cluster.TransportSocketMatches[1].Match.Fields.ShouldBeEmpty();
    }

    private static Listener Inbound(Protocol protocol, Mesh mesh) =>
        ListenerGenerator.Inbound(new InboundPort(8080, 15080, protocol), "10.0.0.1", new InboundTls(mesh, HasIdentity: true));

    private static HttpConnectionManager Manager(Listener listener) => listener.FilterChains[0].Filters.Single().TypedConfig.Unpack<HttpConnectionManager>();
}
