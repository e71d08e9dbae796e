using ControlPlane.Model;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Generators;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>Envoy clusters.</summary>
public sealed class ClusterGeneratorTests
{
    private const string Name = "p80.cart.shop.default.mesh";

    [Fact]
    public void OfService_FollowsHealthAlwaysAndWeightsLocalities()
    {
        Cluster cluster = ClusterGenerator.OfService(Name, Protocol.Http, EffectivePolicy.Default);

        cluster.Type.ShouldBe(Cluster.Types.DiscoveryType.Eds);
        cluster.EdsClusterConfig.EdsConfig.ConfigSourceSpecifierCase.ShouldBe(ConfigSource.ConfigSourceSpecifierOneofCase.Ads);
        cluster.CommonLbConfig.LocalityWeightedLbConfig.ShouldNotBeNull();
        cluster.CommonLbConfig.HealthyPanicThreshold.Value.ShouldBe(0);
        cluster.LbPolicy.ShouldBe(Cluster.Types.LbPolicy.RoundRobin);
        cluster.CircuitBreakers.Thresholds.Single().RetryBudget.BudgetPercent.Value.ShouldBe(25);
        cluster.OutlierDetection.AlwaysEjectOneHost.ShouldBe(true);
    }

    [Fact]
    public void OfService_WithAPolicyForPanic_SaysIt() =>
        ClusterGenerator.OfService(Name, Protocol.Http, EffectivePolicy.Default with { PanicThreshold = 30 }).CommonLbConfig.HealthyPanicThreshold.Value.ShouldBe(30);

    [Theory]
    [InlineData(Protocol.Http, false)]
    [InlineData(Protocol.Http2, true)]
    [InlineData(Protocol.Grpc, true)]
    [InlineData(Protocol.Tcp, false)]
    [InlineData(Protocol.Tls, false)]
    public void OfService_SpeaksHttp2WhereThePortDoes(Protocol protocol, bool expected) =>
        ClusterGenerator.OfService(Name, protocol, EffectivePolicy.Default).TypedExtensionProtocolOptions.Count.ShouldBe(expected ? 1 : 0);

    [Fact]
    public void OfService_BehindGateways_EjectsForWhatIsTheGatewaysOwnAlone_AndRenewsConnections()
    {
        Cluster cluster = ClusterGenerator.OfService(Name, Protocol.Http, EffectivePolicy.Default, isBehindGateways: true);

        cluster.OutlierDetection.SplitExternalLocalOriginErrors.ShouldBeTrue();
        cluster.OutlierDetection.EnforcingConsecutive5Xx.ShouldBe(0u);
        cluster.OutlierDetection.EnforcingConsecutiveLocalOriginFailure.ShouldBe(100u);
        cluster.TypedExtensionProtocolOptions.Values.Single().Unpack<Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions>()
            .CommonHttpProtocolOptions.MaxConnectionDuration.ToTimeSpan().ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void OfApplication_IsTheLoopbackPort()
    {
        Cluster cluster = ClusterGenerator.OfApplication("inbound.8080", 8080, Protocol.Http);

        SocketAddress address = cluster.LoadAssignment.Endpoints.Single().LbEndpoints.Single().Endpoint.Address.SocketAddress;
        (address.Address, address.PortValue).ShouldBe(("127.0.0.1", 8080u));
    }
}
