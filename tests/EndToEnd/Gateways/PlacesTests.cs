using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>
/// More worked cases of the routing rules, with requests of a real sidecar in zone a of region eu: a network whose gateway is far away, zones behind one
/// gateway, regions that a policy lists together, the public name of a gateway of one's own.
/// </summary>
[Trait("Engine", "each")]
public sealed class PlacesTests : IAsyncLifetime
{
    private const string EnvoyCluster = "p80.cart.shop.banking.mesh";
    private readonly int gatewayPort = Loopback.FreePort();
    private MeshWorld world = null!;
    private EnvoyProcess gateway = null!;
    private EnvoyProcess web = null!;
    private Caller caller = null!;

    public async ValueTask InitializeAsync()
    {
        world = await MeshWorld.StartAsync(["banking"], string.Join("\n---\n", [
            "apiVersion: controlplane.io/v1alpha1\nkind: Network\nmetadata: {name: net1}",
            "apiVersion: controlplane.io/v1alpha1\nkind: Network\nmetadata: {name: net3}",
            Cluster("near", "net1", "eu", "a"), Cluster("near-b", "net1", "eu", "b"), Cluster("us", "net1", "us", "c"), Cluster("us2", "net1", "us2", "d"),
            Cluster("third", "net3", "eu", "a"), Cluster("third-b", "net3", "eu", "b"), Cluster("third-c", "net3", "us", "c")]), startGrace: "6s");
        gateway = await world.PassthroughAsync("g3", "third");
        world.Write("gateway.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: RegionGateway
            metadata: {name: g3}
            spec: {kind: east-west, mesh: banking, network: net3, locality: {region: us, zone: c}, port: {{gatewayPort}}, addresses: [{host: {{gateway.OutboundAddress}}, from: [net1]}]}
            """);
        web = await world.CallerAsync("banking", "web", "near");
        caller = new Caller(web.Outbound, "cart");
    }

    public async ValueTask DisposeAsync()
    {
        caller?.Dispose();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task R21_NearEndpointsBehindAFarGateway_ComeAfterTheNextZone()
    {
        await world.RunAsync("banking", "cart", "third", "hidden", 2);
        Workload[] b = await world.RunAsync("banking", "cart", "near-b", "b", 2);
        world.Publish("banking", "cart");
        await caller.UntilAllAnsweredByAsync("b");
        (await caller.CallAsync(200)).Share("b").ShouldBe(100);
        (await world.ControlPlane.ListAsync("hairpins?cluster=near")).ShouldBeEmpty("the hairpin is not taken while b lives");

        Set(b, "Unhealthy");

        await caller.UntilAllAnsweredByAsync("hidden");
        JsonNode hairpin = (await world.ControlPlane.ListAsync("hairpins?cluster=near")).ShouldHaveSingleItem()!;
        hairpin["path"]!.AsArray().Select(step => (string?)step).ShouldBe(["eu/a", "g3 (us/c)", "eu/a"]);
        ((string?)hairpin["cause"], (bool)hairpin["isTaken"]!).ShouldBe(("Gateway", true));
    }

    [Fact]
    public async Task R9_ZonesBehindOneGateway_AreOneTarget_AndOneTierForTheGateway()
    {
        await world.RunAsync("banking", "cart", "third", "x", 1);
        await world.RunAsync("banking", "cart", "third-b", "y", 1);
        await world.RunAsync("banking", "cart", "third-c", "z", 1);
        world.Publish("banking", "cart");
        await Eventually.Until(async () => (await HostsAsync(web)) is [var only] && only == (gateway.OutboundAddress, 3, 0), state: () => web.Log);
        await Eventually.Until(async () => (await HostsAsync(gateway)).Length == 3);
        // Its route comes last.
        await Eventually.Until(async () => (await caller.TryAsync()).Status == 200);

        (await HostsAsync(gateway)).ShouldAllBe(host => host.Priority == 0);
        (await caller.CallAsync(100)).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task R17_RegionsThatAPolicyListsTogether_ShareATier()
    {
        Workload[] a = await world.RunAsync("banking", "cart", "near", "a", 1);
        await world.RunAsync("banking", "cart", "us", "c", 1);
        await world.RunAsync("banking", "cart", "us2", "d", 1);
        world.Publish("banking", "cart");
        world.Write("policy.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: far, namespace: shop}
            spec: {failover: [{regions: [us, us2]}]}
            """);
        await caller.UntilAllAnsweredByAsync("a");

        Set(a, "Unhealthy");
        await caller.UntilAnsweredByAsync("d");
        await Eventually.Until(async () => (await caller.CallAsync(100)).Share("a") == 0);
        Tally tally = await caller.CallAsync(10_000);

        tally.Failures.ShouldBeEmpty();
        tally.Share("c").ShouldBe(50, 2.5, tally.ToString());
    }

    [Fact]
    public async Task R22_EndpointThatIsStarting_DoesNotCount_UntilItHasHadItsGrace()
    {
        Workload[] a = await world.RunAsync("banking", "cart", "near", "a", 1);
        await world.RunAsync("banking", "cart", "near-b", "b", 2);
        world.Publish("banking", "cart");
        await caller.UntilAllAnsweredByAsync("a");

        Workload[] starting = await world.RunAsync("banking", "cart", "near", "new", 1);
        Set(starting, "Unhealthy");
        await Eventually.Until(async () => (await world.ControlPlane.ListAsync("endpoints?health=Unhealthy")).Count == 1);
        (await caller.CallAsync(60)).Share("a").ShouldBe(100, "a scale-up pushes no traffic away");

        Tally tally = new();
        await Eventually.Until(async () => Math.Abs((tally = await caller.CallAsync(2_000)).Share("b") - 30) < 5.5, state: () => tally.ToString());
    }

    [Fact]
    public async Task R11_PublicNameOfTheMeshsOwnGateway_IsCalledDirectly_AndTheHairpinThatItAvoidsIsListed()
    {
        await world.RunAsync("banking", "cart", "near", "a", 1);
        world.Publish("banking", "cart");
        world.Write("edge.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: RegionGateway
            metadata: {name: edge}
            spec: {kind: ingress, mesh: banking, network: net1, locality: {region: eu, zone: b}, gateway: shop/edge}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: shop}
            spec: {gatewayClassName: controlplane, listeners: [{name: http, port: 8080, protocol: HTTP}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: www, namespace: shop}
            spec: {parentRefs: [{name: edge}], hostnames: [www.bank.example], rules: [{backendRefs: [{name: cart, port: 80}]}]}
            """);
        using var www = new Caller(web.Outbound, "www.bank.example");

        // No such gateway runs.
        await www.UntilAllAnsweredByAsync("a");

        JsonNode hairpin = (await world.ControlPlane.ListAsync("hairpins?cause=Route&cluster=near")).ShouldHaveSingleItem()!;
        hairpin["path"]!.AsArray().Select(step => (string?)step).ShouldBe(["eu/a", "edge (eu/b)", "eu/a"]);
        ((bool)hairpin["isTaken"]!).ShouldBeFalse();
    }

    private void Set(Workload[] workloads, string health) => world.SetHealth("banking", "cart", workloads, health);

    private static async Task<(string Address, int Weight, int Priority)[]> HostsAsync(EnvoyProcess proxy)
    {
        JsonNode clusters = JsonNode.Parse(await proxy.AdminAsync("/clusters?format=json"))!;
        JsonNode? found = clusters["cluster_statuses"]!.AsArray().FirstOrDefault(status => (string?)status!["name"] == EnvoyCluster);
        return [
            .. (found?["host_statuses"]?.AsArray() ?? []).Select(host => (
                (string)host!["address"]!["socket_address"]!["address"]!, (int)host["weight"]!, (int?)host["priority"] ?? 0))];
    }

    private static string Cluster(string name, string network, string region, string zone) => $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: {{name}} }
        spec: {mesh: banking, network: {{network}}, locality: {region: {{region}}, zone: {{zone}} } }
        """;
}
