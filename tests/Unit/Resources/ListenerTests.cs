using ControlPlane.Model;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>Where proxies listen, and what they do with what comes.</summary>
public sealed class ListenerTests
{
    [Fact]
    public void OutboundHttp_AsksForItsRoutesOnTheSameStream()
    {
        Listener listener = ListenerGenerator.OutboundHttp("127.0.0.2");

        Socket(listener).ShouldBe("127.0.0.2:15001");
        Rds routes = Manager(listener).Rds;
        routes.RouteConfigName.ShouldBe("outbound-http");
        routes.ConfigSource.ConfigSourceSpecifierCase.ShouldBe(ConfigSource.ConfigSourceSpecifierOneofCase.Ads);
    }

    [Fact]
    public void Inbound_OfHttp_GoesToTheApplicationsCluster()
    {
        Listener listener = ListenerGenerator.Inbound(new InboundPort(8080, 15080, Protocol.Grpc), "10.0.0.1");

        listener.Name.ShouldBe("inbound.8080");
        Socket(listener).ShouldBe("10.0.0.1:15080");
        Manager(listener).RouteConfig.VirtualHosts.Single().Routes.Single().Route_.Cluster.ShouldBe("inbound.8080");
    }

    [Fact]
    public void Inbound_OfTcp_IsPassedOn()
    {
        Listener listener = ListenerGenerator.Inbound(new InboundPort(5432, 15432, Protocol.Tls), "10.0.0.1");

        listener.FilterChains.Single().Filters.Single().TypedConfig.Unpack<TcpProxy>().Cluster.ShouldBe("inbound.5432");
    }

    [Fact]
    public void Gateway_BelievesNothingThatClientsSend()
    {
        HttpConnectionManager manager = Manager(ListenerGenerator.Gateway("shop.edge.8000", "0.0.0.0", 8000));

        manager.UseRemoteAddress.ShouldBe(true);
        manager.NormalizePath.ShouldBe(true);
        manager.MergeSlashes.ShouldBeTrue();
        manager.StripAnyHostPort.ShouldBeTrue();
        manager.Rds.RouteConfigName.ShouldBe("shop.edge.8000");
    }

    [Fact]
    public void Grpc_IsAnApiListener()
    {
        Listener listener = ListenerGenerator.Grpc("cart.shop:80");

        listener.FilterChains.ShouldBeEmpty();
        listener.ApiListener.ApiListener_.Unpack<HttpConnectionManager>().Rds.RouteConfigName.ShouldBe("cart.shop:80");
    }

    private static string Socket(Listener listener) => $"{listener.Address.SocketAddress.Address}:{listener.Address.SocketAddress.PortValue}";

    private static HttpConnectionManager Manager(Listener listener) =>
        listener.FilterChains.Single().Filters.Single().TypedConfig.Unpack<HttpConnectionManager>();
}
