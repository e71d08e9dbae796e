using System.Globalization;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>
/// Failure drills: a client that sends 200 requests a second without a pause, while something dies and comes back. Zones a and b of region eu are in one
/// network; region us is in another, behind two gateways. The way to the first of them is a link that can be cut. How long each takes is printed, not asserted.
/// </summary>
public sealed class DrillTests : IAsyncLifetime
{
    private const string EnvoyCluster = "p80.cart.shop.banking.mesh";
    // A request that is on its way when its server dies may have been carried out: it is not tried again.
    private const int InFlight = 20;
    private readonly int[] ports = [Loopback.FreePort(), Loopback.FreePort()];
    private MeshWorld world = null!;
    private EnvoyProcess web = null!;
    private EnvoyProcess[] gateways = [];
    private SlowProxy link = null!;
    private Caller caller = null!;
    private Workload[] a = [];
    private Workload[] b = [];
    private Workload[] c = [];

    public async ValueTask InitializeAsync()
    {
        world = await MeshWorld.StartAsync(["banking"], """
            apiVersion: controlplane.io/v1alpha1
            kind: Network
            metadata: {name: net1}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Network
            metadata: {name: net2}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: eu-a}
            spec: {mesh: banking, network: net1, locality: {region: eu, zone: a} }
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: eu-b}
            spec: {mesh: banking, network: net1, locality: {region: eu, zone: b} }
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: us}
            spec: {mesh: banking, network: net2, locality: {region: us, zone: c} }
            """);
        gateways = [await world.PassthroughAsync("g1", "us"), await world.PassthroughAsync("g2", "us")];
        link = new SlowProxy(ports[0], gateways[0].OutboundAddress);
        world.Write("gateways.yaml", string.Join("\n---\n", Gateway("g1", "c", ports[0], "127.0.0.1", link.Port), Gateway("g2", "d", ports[1], gateways[1].OutboundAddress, ports[1])));
        a = await world.RunAsync("banking", "cart", "eu-a", "a", 2);
        b = await world.RunAsync("banking", "cart", "eu-b", "b", 2);
        c = await world.RunAsync("banking", "cart", "us", "c", 2);
        world.Publish("banking", "cart");
        web = await world.CallerAsync("banking", "web", "eu-a");
        caller = new Caller(web.Outbound, "cart");
        await caller.UntilAllAnsweredByAsync("a");
    }

    public async ValueTask DisposeAsync()
    {
        caller?.Dispose();
        await (link?.DisposeAsync() ?? ValueTask.CompletedTask);
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Pod_ThatDies_AndComesBack_LosesNothing()
    {
        await using var load = new PacedLoad(caller, 200);
        await load.UntilAllByAsync(["a-1", "a-2"]);

        TimeSpan at = load.Now;
        Set(a[..1], "Unhealthy");
        TimeSpan moved = await load.UntilAllByAsync(["a-2", "b"], since: at);
        Set(a[..1], "Healthy");
        await load.UntilAllByAsync(["a"], since: load.Now);

        await load.StopAsync();
        Report("a pod", load, at, moved);
        load.LostSince(TimeSpan.Zero).ShouldBeEmpty();
    }

    [Fact]
    public async Task Zone_ThatDies_IsLeftAtOnce_AndTakenAgain()
    {
        await using var load = new PacedLoad(caller, 200);
        await load.UntilAllByAsync(["a"]);

        TimeSpan at = load.Now;
        await world.KillAsync(a[0].Sidecar);
        Set(a, "Unhealthy");
        TimeSpan moved = await load.UntilAllByAsync(["b"], since: at);

        await load.StopAsync();
        Report("a zone", load, at, moved);
        load.LostSince(TimeSpan.Zero).Length.ShouldBeLessThanOrEqualTo(InFlight, Lost(load));
    }

    [Fact]
    public async Task Region_ThatDies_IsReplacedThroughTheGateway_AndTakenAgain()
    {
        await using var load = new PacedLoad(caller, 200);
        await load.UntilAllByAsync(["a"]);

        TimeSpan at = load.Now;
        Set([.. a, .. b], "Unhealthy");
        TimeSpan moved = await load.UntilAllByAsync(["c"], since: at);
        TimeSpan back = load.Now;
        Set([.. a, .. b], "Healthy");
        await load.UntilAllByAsync(["a"], since: back);

        await load.StopAsync();
        Report("a region", load, at, moved);
        load.LostSince(TimeSpan.Zero).ShouldBeEmpty(Lost(load));
    }

    [Fact]
    public async Task Gateway_ThatIsKilled_IsReplacedByTheOneThatStandsBy()
    {
        Set([.. a, .. b], "Unhealthy");
        await using var load = new PacedLoad(caller, 200);
        await load.UntilAllByAsync(["c"]);

        TimeSpan at = load.Now;
        await world.KillAsync(gateways[0]);
        TimeSpan moved = await load.UntilAllByAsync(["c"], since: at);

        await load.StopAsync();
        Report("a gateway", load, at, moved);
        load.LostSince(TimeSpan.Zero).Length.ShouldBeLessThanOrEqualTo(InFlight, Lost(load));
    }

    [Fact]
    public async Task Link_ThatIsCut_IsFoundByProbing_AndUsedAgainWhenItIsBack()
    {
        Set([.. a, .. b], "Unhealthy");
        await using ChildProcess agent = ChildProcess.Start(ControlPlaneProcess.Program, [
            "agent", "--probe", "--network", "net1", "--name", "prober", "--interval", "300ms", "--timeout", "300ms", "--server", world.ControlPlane.Rest.ToString()]);
        await Eventually.Until(async () => (await world.ControlPlane.GetAsync("probes")).ToJsonString().Contains("prober", StringComparison.Ordinal), state: () => agent.Output);
        await using var load = new PacedLoad(caller, 200);
        await load.UntilAllByAsync(["c"]);

        await Eventually.Until(async () => await gateways[0].StatAsync($"cluster.{EnvoyCluster}.upstream_cx_active") > 0, state: () => $"{link.Connections} connections; {agent.Output}");

        TimeSpan at = load.Now;
        link.IsSilent = true;
        TimeSpan moved = await load.UntilAllByAsync(["c"], since: at, inARow: 300);
        await Eventually.Until(async () => !(await web.HostsAsync(EnvoyCluster)).ContainsKey($"127.0.0.1:{link.Port}"), state: () => agent.Output);
        link.IsSilent = false;
        await Eventually.Until(async () => (await web.HostsAsync(EnvoyCluster)).ContainsKey($"127.0.0.1:{link.Port}"), state: () => agent.Output);

        await load.StopAsync();
        Report("a link", load, at, moved);
        load.LostSince(moved).ShouldBeEmpty(Lost(load));
    }

    [Fact]
    public async Task ControlPlane_ThatIsKilled_AndComesBack_LosesNothing()
    {
        await using var load = new PacedLoad(caller, 200);
        await load.UntilAllByAsync(["a"]);

        TimeSpan at = load.Now;
        await world.ControlPlane.KillAsync();
        await load.UntilAllByAsync(["a"], inARow: 200, since: at);
        await world.ControlPlane.RestartAsync();
        await load.UntilAllByAsync(["a"], inARow: 200, since: load.Now);
        Set(a, "Unhealthy");
        await load.UntilAllByAsync(["b"], since: load.Now);

        await load.StopAsync();
        Report("the control plane", load, at, at);
        load.LostSince(TimeSpan.Zero).ShouldBeEmpty(Lost(load));
    }

    private static void Report(string what, PacedLoad load, TimeSpan at, TimeSpan moved) => TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: traffic where it belongs after {(moved - at).TotalMilliseconds:0} ms, {load.LostSince(TimeSpan.Zero).Length} of {load.Answers.Count} requests lost"));

    private static string Lost(PacedLoad load) => string.Join('\n', load.LostSince(TimeSpan.Zero).Select(answer => $"{answer.Sent.TotalSeconds:0.000}: {answer.Failure}"));

    private void Set(Workload[] workloads, string health) => world.SetHealth("banking", "cart", workloads, health);

    private static string Gateway(string name, string zone, int port, string host, int hostPort) => $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: RegionGateway
        metadata: {name: {{name}} }
        spec: {kind: east-west, mesh: banking, network: net2, locality: {region: us, zone: {{zone}} }, port: {{port}}, addresses: [{host: {{host}}, port: {{hostPort}}, from: [net1]}]}
        """;
}
