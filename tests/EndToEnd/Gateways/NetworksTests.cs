using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>Two networks of a mesh that are not linked, joined by a real east-west gateway: requests of a real sidecar in the first.</summary>
[Trait("Engine", "each")]
public sealed class NetworksTests : IAsyncLifetime
{
    private const string EnvoyCluster = "p80.cart.shop.banking.mesh";
    private readonly int gatewayPort = Loopback.FreePort();
    private MeshWorld world = null!;
    private EnvoyProcess web = null!;
    private EnvoyProcess gateway = null!;
    private Caller caller = null!;
    private Workload[] near = [];
    private Workload[] far = [];

    public async ValueTask InitializeAsync()
    {
        world = await MeshWorld.StartAsync(["banking"], Objects("[]"));
        gateway = await world.PassthroughAsync("g2", "far");
        WriteGateway($"{{host: {gateway.OutboundAddress}, port: {gatewayPort}, from: [net1]}}");
        near = await world.RunAsync("banking", "cart", "near", "a", 2);
        far = await world.RunAsync("banking", "cart", "far", "c", 4);
        world.Publish("banking", "cart");
        web = await world.CallerAsync("banking", "web", "near");
        caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("a");
    }

    public async ValueTask DisposeAsync()
    {
        caller?.Dispose();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task R5_R6_OtherNetwork_IsReachedThroughItsGateway_ByMutualTlsEndToEnd()
    {
        await caller.UntilAllAnsweredByAsync("a");
        (await web.HostsAsync(EnvoyCluster)).Keys.ShouldBe(
            [.. near.Select(workload => $"{workload.Sidecar.OutboundAddress}:{workload.Listen}"), $"{gateway.OutboundAddress}:{gatewayPort}"], ignoreOrder: true);

        // Open connections through the gateway stay where they are: it is to know before there are any.
        Set(far[..2], "Unhealthy");
        await Eventually.Until(async () => (await gateway.HostsAsync(EnvoyCluster)).Values.Count(health => health == "HEALTHY") == 2);
        Set(near, "Unhealthy");
        await caller.UntilAllAnsweredByAsync("c");
        Tally tally = await caller.CallAsync(400);
        tally.Failures.ShouldBeEmpty();
        tally.Share("c").ShouldBe(100);
        tally.Answers.Keys.ShouldBeSubsetOf(["c-3", "c-4"]);
        far[2].Application.Last.Headers["x-forwarded-client-cert"].ShouldContain("URI=spiffe://banking.example/ns/shop/sa/web", Case.Sensitive, "the gateway has no part in it");
        (await gateway.StatAsync($"cluster.{EnvoyCluster}.upstream_cx_total")).ShouldBeGreaterThan(0);
        (await gateway.AdminAsync("/certs")).ShouldNotContain("BEGIN");
        (await gateway.AdminAsync("/config_dump?resource=dynamic_active_secrets")).ShouldNotContain("identity");
    }

    [Fact]
    public async Task R7_HalfOfTheZone_SharesAreExactToAPoint()
    {
        Set(near[..1], "Unhealthy");
        await caller.UntilAnsweredByAsync("c");

        // One point is five times what would be chance in so many.
        Tally tally = await caller.CallAsync(60_000, parallel: 8);

        tally.Failures.ShouldBeEmpty();
        tally.Share("a").ShouldBe(70, 1, tally.ToString());
        tally.Share("c").ShouldBe(30, 1, tally.ToString());
        (await LoadsAsync()).ShouldBe([70, 30]);
    }

    [Fact]
    public async Task R8_TwoAddresses_AreTwoTargetsOfHalfTheWeight()
    {
        WriteGateway($"{{host: {gateway.OutboundAddress}, port: {gatewayPort}, from: [net1]}}, {{host: {gateway.OutboundAddress}, port: {gatewayPort + 1}, from: [net1]}}");
        Set(near, "Unhealthy");

        await Eventually.Until(async () => await WeightsAsync() is [2, 2], state: () => string.Join(',', web.Log));
    }

    [Fact]
    public async Task R10_NetworksThatBecomeLinked_LoseNoRequest()
    {
        Set(near, "Unhealthy");
        await caller.UntilAllAnsweredByAsync("c");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(200);

        world.Write("objects.yaml", Objects("[net2]"));
        await Eventually.Until(async () => (await web.HostsAsync(EnvoyCluster)).Keys.Order().SequenceEqual(
            near.Concat(far).Select(workload => $"{workload.Sidecar.OutboundAddress}:{workload.Listen}").Order()), what: "direct endpoints alone");
        await load.UntilMoreAsync(500);

        (await load.StopAsync()).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task R14_Gateway_HasOnlyTheEndpointsOfItsNetwork()
    {
        await Eventually.Until(async () => (await gateway.HostsAsync(EnvoyCluster)).Count == 4);

        (await gateway.HostsAsync(EnvoyCluster)).Keys.ShouldBe([.. far.Select(workload => $"{workload.Sidecar.OutboundAddress}:{workload.Listen}")], ignoreOrder: true);
    }

    [Fact]
    public async Task R18_GatewayThatFailsItsProbes_GetsNothing()
    {
        // A prober that sees everything fail would change nothing.
        int edge = Loopback.FreePort();
        await using AnsweringListener answering = AnsweringListener.Start("127.0.0.1", edge, "HTTP/1.1 404 Not Found\r\n\r\n"u8.ToArray());
        world.Write("edge.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: RegionGateway
            metadata: {name: edge}
            spec: {kind: ingress, network: net2, locality: {region: us, zone: c}, gateway: shop/edge, addresses: [{host: 127.0.0.1, port: {{edge}}, from: [net1]}]}
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: edge, namespace: shop}
            spec: {gatewayClassName: controlplane, listeners: [{name: http, port: 8000, protocol: HTTP}]}
            """);
        await using ChildProcess prober = world.ControlPlane.StartProber("net1");
        await Eventually.Until(
            async () => (await world.ControlPlane.GetAsync("probes"))["probers"]!.AsArray().SelectMany(one => one!["addresses"]!.AsArray()).Count(address => (bool)address!["ok"]!) == 2,
            state: () => prober.Output);
        Set(near[..1], "Unhealthy");
        await caller.UntilAnsweredByAsync("c");

        await world.KillAsync(gateway);
        await Eventually.Until(async () => (await LoadsAsync()).SequenceEqual([100]), state: () => prober.Output);
        await caller.UntilAllAnsweredByAsync("a");

        Tally tally = await caller.CallAsync(4_000, parallel: 8);
        tally.Failures.ShouldBeEmpty();
        tally.Share("a").ShouldBe(100);
        Set(near, "Unhealthy");
        await Eventually.Until(async () => (await caller.CallAsync(10)).Failures.Count == 10);
        (await caller.CallAsync(100)).Failures.ShouldAllBe(failure => failure.StartsWith("503 no healthy upstream"));
        (await world.ControlPlane.GetAsync("explain?from=web&to=shop/cart"))["notUsed"]!.AsArray()
            .ShouldContain(item => ((string)item!["reason"]!).Contains("gateway withdrawn: g2 fails its probes from network net1"), 4);
    }

    [Fact]
    public async Task R19_PolicyThatDemandsTheGateway_IsObeyed_AndReported()
    {
        world.Write("objects.yaml", Objects("[net2]"));
        Set(near, "Unhealthy");
        await caller.UntilAllAnsweredByAsync("c");

        world.Write("policy.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: via, namespace: shop}
            spec: {service: cart, gateway: g2}
            """);

        await Eventually.Until(async () => (await web.HostsAsync(EnvoyCluster)).ContainsKey($"{gateway.OutboundAddress}:{gatewayPort}"));
        await caller.UntilAllAnsweredByAsync("c");
        JsonNode hairpin = (await world.ControlPlane.ListAsync("hairpins?taken=true&cluster=near")).ShouldHaveSingleItem()!;
        ((string?)hairpin["cause"], (string?)hairpin["obstacle"]).ShouldBe(("Policy", "TrafficPolicy shop/via, field gateway, demands g2"));
    }

    [Fact]
    public async Task R23_PlaintextBehindTheGateway_IsLeftOut_WithItsReason()
    {
        far[0].Speaks = "plaintext";
        Set(near, "Unhealthy");
        await caller.UntilAllAnsweredByAsync("c");

        Tally tally = await caller.CallAsync(200);

        tally.Answers.Keys.ShouldNotContain("c-1");
        JsonNode explained = await world.ControlPlane.GetAsync("explain?from=web&to=shop/cart");
        explained["notUsed"]!.AsArray().ShouldContain(item => ((string?)item!["reason"])!.StartsWith("plaintext behind an unlinked network"));
    }

    [Fact]
    public async Task BadReplicaBehindTheGateway_NeverEjectsTheGateway()
    {
        Workload bad = (await world.RunAsync("banking", "cart", "far", "x", 1)).Single();
        Set([.. near, .. far], "Unhealthy");
        await caller.UntilAllAnsweredByAsync("x");
        bad.Application.Status = 500;
        Tally failing = await caller.CallAsync(200);
        failing.Failures.Count.ShouldBe(200, "it answers, and is not called otherwise");
        (await web.StatAsync($"cluster.{EnvoyCluster}.outlier_detection.ejections_active")).ShouldBe(0, "200 answers in a row are those of what is behind the gateway");

        // Open connections stay where they are for a while: the gateway sees no requests.
        Set(far, "Healthy");
        await Eventually.Until(async () => (await gateway.HostsAsync(EnvoyCluster)).Count(host => host.Value == "HEALTHY") == 5);
        await world.KillAsync(bad.Sidecar);
        Tally tally = await caller.CallAsync(400);
        tally.Failures.ShouldBeEmpty("the gateway tries another");
        (await web.StatAsync($"cluster.{EnvoyCluster}.outlier_detection.ejections_active")).ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Shares_OnRandomHealth_AreThoseThatAreExplained(int seed)
    {
        var random = new Random(seed);
        foreach (Workload workload in near.Concat(far))
        {
            workload.Health = random.Next(3) == 0 ? "Unhealthy" : "Healthy";
        }
        far[0].Health = "Healthy";
        world.Publish("banking", "cart");
        string[] wanted = [.. near.Concat(far).Where(workload => workload.Health == "Healthy").Select(workload => workload.Application.Name)];
        await Eventually.Until(async () => (await world.ControlPlane.ListAsync("endpoints?health=Healthy")).Select(endpoint => (string)endpoint!["workload"]!).Order().SequenceEqual(wanted.Order()));
        Dictionary<string, double> shares = await ExplainedAsync();
        await Eventually.Until(async () => (await caller.CallAsync(100)).Answers.Keys.All(wanted.Contains));

        // Connections through the gateway stay where they are: who answers behind it is for the gateway to share out.
        Tally tally = await caller.CallAsync(20_000, parallel: 8);

        tally.Failures.ShouldBeEmpty();
        foreach (string zone in (string[])["a", "c"])
        {
            double share = shares.Where(pair => pair.Key.StartsWith(zone, StringComparison.Ordinal)).Sum(pair => pair.Value);
            tally.Share(zone).ShouldBe(share, 1.8, $"{zone} with seed {seed}: {tally}");
        }
    }

    [Fact]
    public async Task Subset_HasANameOfItsOwn_AlsoThroughTheGateway()
    {
        near[0].Labels = "{version: v2}";
        far[1].Labels = "{version: v2}";
        world.Publish("banking", "cart");
        world.Write("subsets.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: versions, namespace: shop}
            spec: {service: cart, subsets: [{name: v2, labels: {version: v2} }]}
            """);
        using var v2 = new Caller(web.Outbound, "v2.cart");
        await v2.UntilAllAnsweredByAsync("a-1");

        near[0].Health = "Unhealthy";
        world.Publish("banking", "cart");

        await v2.UntilAllAnsweredByAsync("c-2");
        await caller.UntilAnsweredByAsync("a-2");
    }

    [Fact]
    public async Task Graph_HasAllOfIt_AsJsonAsAPictureAndAsAStreamOfChanges()
    {
        Set(near, "Unhealthy");
        JsonNode graph = await world.ControlPlane.GetAsync("graph");
        graph["gateways"]!.AsArray().Select(item => (string?)item!["name"]).ShouldBe(["g2"]);
        graph["networks"]!.AsArray().Count.ShouldBe(2);
        graph["services"]!.AsArray().Single()!["places"]!.AsArray().Count.ShouldBe(2);
        (await world.ControlPlane.GetAsync("graph?gateway=g2&cluster=near"))["calls"]!.AsArray().ShouldAllBe(call => call!["gateways"]!.AsArray().Count == 1);
        using var http = new HttpClient { BaseAddress = world.ControlPlane.Rest };
        System.Xml.Linq.XDocument.Parse(await http.GetStringAsync(new Uri("/v1/graph?format=svg", UriKind.Relative))).Descendants().Count(element => element.Name.LocalName == "path").ShouldBeGreaterThan(1);
        (await http.GetStringAsync(new Uri("/v1/graph?format=dot", UriKind.Relative))).ShouldContain("\"near\" -> \"gateway g2\" -> \"far\"");
        (await http.GetAsync(new Uri("/v1/graph?format=gif", UriKind.Relative))).StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);

        (string first, string id) = await NextEventAsync(http, null);
        first.ShouldBe("graph");
        Set(far[..1], "Unhealthy");
        (string second, _) = await NextEventAsync(http, id);
        second.ShouldBe("change", "what was missed, and no more");
    }

    private static async Task<(string Name, string Id)> NextEventAsync(HttpClient http, string? since)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/graph/changes");
        if (since is not null)
        {
            request.Headers.Add("Last-Event-ID", since);
        }
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        string id = "";
        while (await reader.ReadLineAsync().WaitAsync(Eventually.Deadline) is { } line)
        {
            id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                return (line[7..], id);
            }
        }
        throw new InvalidOperationException("the stream has ended");
    }

    private async Task<IEnumerable<int>> LoadsAsync() =>
        (await world.ControlPlane.GetAsync("explain?from=web&to=shop/cart"))["tiers"]!.AsArray().Select(tier => (int)tier!["load"]!);

    // The share of each workload that gets any.
    private async Task<Dictionary<string, double>> ExplainedAsync()
    {
        JsonNode explained = await world.ControlPlane.GetAsync("explain?from=web&to=shop/cart");
        return explained["tiers"]!.AsArray().SelectMany(tier => tier!["localities"]!.AsArray())
            .SelectMany(locality => locality!["endpoints"]!.AsArray().Concat(locality["gateways"]!.AsArray().SelectMany(item => item!["endpoints"]!.AsArray())))
            .Where(endpoint => (double)endpoint!["share"]! > 0).ToDictionary(endpoint => (string)endpoint!["workload"]!, endpoint => (double)endpoint!["share"]!);
    }

    private void Set(Workload[] workloads, string health) => world.SetHealth("banking", "cart", workloads, health);

    private async Task<int[]> WeightsAsync()
    {
        JsonNode clusters = JsonNode.Parse(await web.AdminAsync("/clusters?format=json"))!;
        return [
            .. clusters["cluster_statuses"]!.AsArray().Single(status => (string?)status!["name"] == EnvoyCluster)!["host_statuses"]!.AsArray()
                .Where(host => (string?)host!["address"]!["socket_address"]!["address"] == gateway.OutboundAddress).Select(host => (int)host!["weight"]!)];
    }

    private void WriteGateway(string addresses) => world.Write("gateway.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: RegionGateway
        metadata: {name: g2}
        spec: {kind: east-west, mesh: banking, network: net2, locality: {region: us, zone: c}, port: {{gatewayPort}}, addresses: [{{addresses}}] }
        """);

    private static string Objects(string links) => $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Network
        metadata: {name: net1}
        spec: {links: {{links}} }
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Network
        metadata: {name: net2}
        spec: {}
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: near}
        spec: {mesh: banking, network: net1, locality: {region: eu, zone: a} }
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: far}
        spec: {mesh: banking, network: net2, locality: {region: us, zone: c} }
        """;
}
