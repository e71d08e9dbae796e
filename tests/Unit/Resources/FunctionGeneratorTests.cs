using ControlPlane.Model;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Http.AwsLambda.V3;
using Envoy.Extensions.Filters.Http.AwsRequestSigning.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using EnvoyCluster = Envoy.Config.Cluster.V3.Cluster;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>What a function needs beside the endpoint that names it.</summary>
public sealed class FunctionGeneratorTests
{
    private const string Arn = "arn:aws:lambda:eu-west-1:123456789012:function:cart:live";
    private static readonly Function Invoked = new(Arn, Speaks.Lambda, "https://lambda.eu-west-1.amazonaws.com", "eu-west-1", [443]);
    private static readonly Function Signed = new("https://abc.lambda-url.eu-west-1.on.aws/", Speaks.SignedHttps, "", "eu-west-1", [443]);

    [Fact]
    public void Invoked_GoesThroughTheLambdaFilter_ToTheApi()
    {
        HttpConnectionManager manager = ManagerOf(FunctionGenerator.Listener("f", Invoked));

        manager.HttpFilters.Select(filter => filter.Name).ShouldBe(["envoy.filters.http.aws_lambda", "envoy.filters.http.router"]);
        manager.HttpFilters[0].TypedConfig.Unpack<Config>().ShouldBe(new Config { Arn = Arn, HostRewrite = "lambda.eu-west-1.amazonaws.com" });
        manager.RouteConfig.VirtualHosts[0].Routes[0].Route_.RetryPolicy.RetryOn.ShouldContain("reset-before-request");
        EnvoyCluster cluster = FunctionGenerator.Cluster("f", Invoked);
        cluster.CircuitBreakers.Thresholds.Single().RetryBudget.ShouldNotBeNull();
        cluster.Type.ShouldBe(EnvoyCluster.Types.DiscoveryType.LogicalDns);
        cluster.LoadAssignment.Endpoints[0].LbEndpoints[0].Endpoint.Address.SocketAddress.Address.ShouldBe("lambda.eu-west-1.amazonaws.com");
        cluster.Metadata.FilterMetadata["com.amazonaws.lambda"].Fields["egress_gateway"].BoolValue.ShouldBeTrue();
    }

    [Fact]
    public void Https_IsVerifiedByNameAndTheMachinesAuthorities()
    {
        UpstreamTlsContext tls = FunctionGenerator.Cluster("f", Invoked).TransportSocket.TypedConfig.Unpack<UpstreamTlsContext>();

        tls.Sni.ShouldBe("lambda.eu-west-1.amazonaws.com");
        tls.CommonTlsContext.CombinedValidationContext.ValidationContextSdsSecretConfig.Name.ShouldBe("system_authorities");
        tls.CommonTlsContext.CombinedValidationContext.DefaultValidationContext.MatchTypedSubjectAltNames.Single().Matcher.Exact.ShouldBe("lambda.eu-west-1.amazonaws.com");
    }

    [Fact]
    public void Url_IsSignedForItsRegion_OrLeftAsItIs()
    {
        HttpConnectionManager signed = ManagerOf(FunctionGenerator.Listener("f", Signed));
        AwsRequestSigning signing = signed.HttpFilters[0].TypedConfig.Unpack<AwsRequestSigning>();
        (signing.ServiceName, signing.Region, signing.HostRewrite).ShouldBe(("lambda", "eu-west-1", "abc.lambda-url.eu-west-1.on.aws"));
        signed.RouteConfig.VirtualHosts[0].Routes[0].Route_.HostRewriteLiteral.ShouldBe("abc.lambda-url.eu-west-1.on.aws");

        ManagerOf(FunctionGenerator.Listener("f", Signed with { Speaks = Speaks.Https })).HttpFilters.Select(filter => filter.Name).ShouldBe(["envoy.filters.http.router"]);
        FunctionGenerator.Cluster("f", Signed).Metadata.ShouldBeNull();
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000", "127.0.0.1", 5000)]
    [InlineData("http://[::1]:5000", "::1", 5000)]
    public void Api_AtAnAddress_NeedsNoDns(string api, string address, int port)
    {
        EnvoyCluster cluster = FunctionGenerator.Cluster("f", Invoked with { Api = api });

        cluster.Type.ShouldBe(EnvoyCluster.Types.DiscoveryType.Static);
        cluster.TransportSocket.ShouldBeNull();
        Envoy.Config.Core.V3.SocketAddress socket = cluster.LoadAssignment.Endpoints[0].LbEndpoints[0].Endpoint.Address.SocketAddress;
        (socket.Address, socket.PortValue).ShouldBe((address, (uint)port));
    }

    private static HttpConnectionManager ManagerOf(Listener listener)
    {
        listener.InternalListener.ShouldNotBeNull();
        listener.Address.ShouldBeNull();
        return listener.FilterChains.Single().Filters.Single().TypedConfig.Unpack<HttpConnectionManager>();
    }
}
