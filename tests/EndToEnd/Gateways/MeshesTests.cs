using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>Two meshes with authorities of their own: trading calls what banking exports, through banking's internal API gateways.</summary>
[Trait("Engine", "each")]
public sealed class MeshesTests : IAsyncLifetime
{
    private const string EnvoyCluster = "p80.accounts.shop.banking.mesh";
    private readonly int[] ports = [Loopback.FreePort(), Loopback.FreePort()];
    private MeshWorld world = null!;
    private EnvoyProcess[] doors = [];
    private EnvoyProcess orders = null!;
    private Caller caller = null!;
    private Workload[] dc1 = [];
    private Workload[] dc2 = [];

    public async ValueTask InitializeAsync()
    {
        world = await MeshWorld.StartAsync(["banking", "trading"], """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: bank-1}
            spec: {mesh: banking, locality: {region: eu, zone: a} }
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: bank-2}
            spec: {mesh: banking, locality: {region: us, zone: c} }
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: trade-1}
            spec: {mesh: trading, locality: {region: eu, zone: a} }
            """);
        Export("accounts");
        doors = [await world.InternalAsync("door-1", "banking", "bank-1", "trading"), await world.InternalAsync("door-2", "banking", "bank-2", "trading")];
        world.Write("doors.yaml", string.Join("\n---\n", Door(0, "{region: eu, zone: a}"), Door(1, "{region: us, zone: c}")));
        dc1 = await world.RunAsync("banking", "accounts", "bank-1", "one", 2);
        dc2 = await world.RunAsync("banking", "accounts", "bank-2", "two", 2);
        world.Publish("banking", "accounts");
        orders = await world.CallerAsync("trading", "orders", "trade-1");
        caller = new Caller(orders.Outbound, "accounts.shop.banking.mesh");
    }

    public async ValueTask DisposeAsync()
    {
        caller?.Dispose();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task R12_OtherMesh_IsCalledThroughItsNearestInternalGateway_WhichSaysWhoCalls()
    {
        await caller.UntilAllAnsweredByAsync("one");
        (await orders.HostsAsync(EnvoyCluster)).Keys.ShouldBe([.. doors.Zip(ports, (door, port) => $"{door.OutboundAddress}:{port}")], ignoreOrder: true);
        dc1[0].Application.Last.Headers["x-controlplane-caller"].ShouldBe("spiffe://trading.example/ns/shop/sa/orders");
        dc1[0].Application.Last.Headers["x-forwarded-client-cert"].ShouldContain("URI=spiffe://banking.example/gateway/door-1");

        // Nobody can say of himself that he is somebody else.
        await caller.CallAsync("/", ("x-controlplane-caller", "spiffe://trading.example/ns/shop/sa/boss"));
        dc1.Select(workload => workload.Application.Last.Headers?["x-controlplane-caller"]).ShouldNotContain("spiffe://trading.example/ns/shop/sa/boss");

        dc1[0].Health = "Unhealthy";
        world.Publish("banking", "accounts");
        await caller.UntilAnsweredByAsync("two");
        Tally tally = await caller.CallAsync(60_000, parallel: 8);
        tally.Failures.ShouldBeEmpty();
        tally.Share("one").ShouldBe(70, 1, tally.ToString());
        tally.Share("two").ShouldBe(30, 1, tally.ToString());
    }

    [Fact]
    public async Task Header_OfWhoeverIsNoGateway_IsStripped()
    {
        EnvoyProcess audit = await world.CallerAsync("banking", "audit", "bank-1");
        using var inMesh = new Caller(audit.Outbound, "accounts");
        await inMesh.UntilAnsweredByAsync("one");

        await inMesh.CallAsync("/", ("x-controlplane-caller", "spiffe://trading.example/ns/shop/sa/orders"));

        dc1.Select(workload => workload.Application.Last.Headers).Where(headers => headers is not null).ShouldAllBe(headers => !headers.ContainsKey("x-controlplane-caller"));
    }

    [Fact]
    public async Task R13_NotExported_IsUnreachable_AndComesWithTheExport()
    {
        await caller.UntilAnsweredByAsync("one");
        Export("other");
        await Eventually.Until(async () => (await caller.TryAsync()).Status == 404, state: () => orders.Log);
        JsonNode explained = await world.ControlPlane.GetAsync("explain?from=orders&to=banking/shop/accounts");
        explained["notUsed"]!.AsArray().ShouldAllBe(item => ((string?)item!["reason"])!.StartsWith("not exported"));

        Export("accounts");
        await caller.UntilAllAnsweredByAsync("one");
    }

    [Fact]
    public async Task Gateway_ThatIsKilled_IsReplacedByTheOtherDataCentres()
    {
        await caller.UntilAllAnsweredByAsync("one");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(200);

        await world.KillAsync(doors[0]);
        await caller.UntilAllAnsweredByAsync("two");
        Tally tally = await load.StopAsync();
        // What was on its way is lost; the rest is tried again.
        tally.Failures.Count.ShouldBeLessThanOrEqualTo(4, tally.ToString());
    }

    private void Export(string service) => world.Write("export.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Export
        metadata: {name: accounts, namespace: shop}
        spec: {mesh: banking, service: {{service}}, toMeshes: [trading]}
        """);

    private string Door(int index, string locality) => $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: RegionGateway
        metadata: {name: door-{{index + 1}} }
        spec: {kind: internal, mesh: banking, locality: {{locality}}, port: {{ports[index]}}, addresses: [{host: {{doors[index].OutboundAddress}} }]}
        """;
}
