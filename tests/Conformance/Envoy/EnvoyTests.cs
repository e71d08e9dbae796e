using ControlPlane.Tests.Conformance.Hosting;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Conformance.RealEnvoy;

public sealed class EnvoyTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task T1_Envoy_IsConfiguredAndFollowsAnEndpoint(bool isDelta)
    {
        await using Backend first = await Backend.StartAsync();
        await using Backend second = await Backend.StartAsync();
        await using XdsHost host = await XdsHost.StartAsync();
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, host.Address);
        PutAll(host, envoy, first.Port);

        await envoy.UntilServedAsync();
        await first.DisposeAsync();
        host.Put(Make.Assignment("c1", second.Port));

        await envoy.UntilServedAsync();
        ProxyStatus status = (await host.Registry.ReadAsync()).ShouldHaveSingleItem();
        status.Node.ShouldBe("envoy-1");
        status.UserAgent.ShouldBe("envoy");
        status.IsDelta.ShouldBe(isDelta);
        status.Types.Sum(type => type.Rejected).ShouldBe(0);
        (await envoy.StatAsync("cluster_manager.cds.update_rejected")).ShouldBe(0);
    }

    private static void PutAll(XdsHost host, EnvoyProxy envoy, int port) =>
        host.Put(Make.Cluster("c1"), Make.Assignment("c1", port), Gateway.Listener(envoy.ListenerPort), Gateway.Route("c1"));
}
