using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>A network whose workloads reach no gateway of the other: they go out through an egress gateway, which does.</summary>
[Trait("Engine", "each")]
public sealed class EgressTests : IAsyncLifetime
{
    private const string EnvoyCluster = "p80.cart.shop.banking.mesh";
    private readonly int[] ports = [Loopback.FreePort(), Loopback.FreePort()];
    private MeshWorld world = null!;
    private EnvoyProcess web = null!;
    private EnvoyProcess exit = null!;
    private EnvoyProcess entrance = null!;
    private Caller caller = null!;

    public async ValueTask InitializeAsync()
    {
        world = await MeshWorld.StartAsync(["banking"], """
            apiVersion: controlplane.io/v1alpha1
            kind: Network
            metadata: {name: inside}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Network
            metadata: {name: border}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Network
            metadata: {name: remote}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: near}
            spec: {mesh: banking, network: inside, locality: {region: eu, zone: a} }
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: edge}
            spec: {mesh: banking, network: border, locality: {region: eu, zone: b} }
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: far}
            spec: {mesh: banking, network: remote, locality: {region: us, zone: c} }
            """);
        exit = await world.PassthroughAsync("out", "edge");
        entrance = await world.PassthroughAsync("in", "far");
        world.Write("gateways.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: RegionGateway
            metadata: {name: out}
            spec: {kind: egress, mesh: banking, network: border, locality: {region: eu, zone: b}, port: {{ports[0]}}, addresses: [{host: {{exit.OutboundAddress}}, from: [inside]}]}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: RegionGateway
            metadata: {name: in}
            spec: {kind: east-west, mesh: banking, network: remote, locality: {region: us, zone: c}, port: {{ports[1]}}, addresses: [{host: {{entrance.OutboundAddress}}, from: [border]}]}
            """);
        await world.RunAsync("banking", "cart", "far", "c", 2);
        world.Publish("banking", "cart");
        web = await world.CallerAsync("banking", "web", "near");
        caller = new Caller(web.Outbound, "cart");
    }

    public async ValueTask DisposeAsync()
    {
        caller?.Dispose();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Call_CrossesBothGateways_AndIsMutualTlsEndToEnd()
    {
        await caller.UntilAllAnsweredByAsync("c");

        Tally tally = await caller.CallAsync(200);

        tally.Failures.ShouldBeEmpty();
        (await web.HostsAsync(EnvoyCluster)).Keys.ShouldBe([$"{exit.OutboundAddress}:{ports[0]}"]);
        (await exit.HostsAsync(EnvoyCluster)).Keys.ShouldBe([$"{entrance.OutboundAddress}:{ports[1]}"]);
        (await entrance.HostsAsync(EnvoyCluster)).Count.ShouldBe(2, "an east-west gateway holds none");
        (await exit.StatAsync($"cluster.{EnvoyCluster}.upstream_cx_total")).ShouldBeGreaterThan(0);
        (await entrance.StatAsync($"cluster.{EnvoyCluster}.upstream_cx_total")).ShouldBeGreaterThan(0);
        (await world.ControlPlane.ListAsync("paths?service=banking/shop/cart&cluster=near")).ShouldHaveSingleItem()!["kind"]!.GetValue<string>().ShouldBe("TwoGateways");
    }
}
