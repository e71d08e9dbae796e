using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>Services from files, requests through a real sidecar: zones, the formula, failing over and coming back.</summary>
[Trait("Engine", "each")]
public sealed class TrafficTests : IAsyncLifetime
{
    private const int Requests = 10_000;
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private readonly List<Backend> backends = [];
    private ControlPlaneProcess controlPlane = null!;
    private EnvoyProcess sidecar = null!;
    private Caller caller = null!;

    public async ValueTask InitializeAsync()
    {
        await SetAsync("a 1", "b 1", "c 1");
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path, "--start-grace", "1s");
        sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop");
        caller = new Caller(sidecar.Outbound, "cart");
        await caller.UntilAnsweredByAsync("a");
    }

    public async ValueTask DisposeAsync()
    {
        caller.Dispose();
        await sidecar.DisposeAsync();
        await controlPlane.DisposeAsync();
        await Task.WhenAll(backends.Select(backend => backend.DisposeAsync().AsTask()));
        configuration.Dispose();
        data.Dispose();
    }

    [Theory]
    [InlineData("R1", "a 2/2, b 2/2, c 2/2", 100, 0, 0)]
    [InlineData("R2", "a 1/2, b 2/2, c 2/2", 70, 30, 0)]
    [InlineData("R3", "a 1/4, b 1/4, c 4/4", 35, 35, 30)]
    [InlineData("R4", "a 0/2, b 2/2, c 2/2", 0, 100, 0)]
    public async Task Requests_AreSharedByTheFormula(string name, string zones, double a, double b, double c)
    {
        await SetZonesAsync(zones);

        Tally tally = await caller.CallAsync(Requests);

        tally.Failures.ShouldBeEmpty(name);
        // Envoy draws the tier of each request: five times what would be chance.
        tally.Share("a").ShouldBe(a, 2.5, tally.ToString());
        tally.Share("b").ShouldBe(b, 2.5, tally.ToString());
        tally.Share("c").ShouldBe(c, 2.5, tally.ToString());
    }

    [Theory]
    [InlineData("R15", "distribute: [{from: eu/a, to: {eu/a: 80, eu/b: 20} }]", "a 2/2, b 2/2, c 2/2", 80, 20, 0)]
    [InlineData("R15, b fails", "distribute: [{from: eu/a, to: {eu/a: 80, eu/b: 20} }]", "a 2/2, b 0/2, c 2/2", 100, 0, 0)]
    [InlineData("R15, a spills", "distribute: [{from: eu/a, to: {eu/a: 80, eu/b: 20} }]", "a 0/2, b 1/2, c 2/2", 0, 70, 30)]
    [InlineData("R16", "{failover: [us], then: none}", "a 1/2, b 2/2, c 2/2", 70, 0, 30)]
    [InlineData("R16, a fails", "{failover: [us], then: none}", "a 0/2, b 2/2, c 2/2", 0, 0, 100)]
    public async Task Policy_OfPlaces_DecidesWhoAnswers(string name, string policy, string zones, double a, double b, double c)
    {
        string spec = policy.StartsWith('{') ? policy : $"{{{policy}}}";
        configuration.Write("policy.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: places, namespace: shop}
            spec: {{spec}}
            """);
        await SetZonesAsync(zones, left: policy.Contains("none", StringComparison.Ordinal) ? "b" : null);

        Tally tally = new();
        await Eventually.Until(async () =>
        {
            tally = await caller.CallAsync(1_000);
            return Math.Abs(tally.Share("a") - a) < 3 && Math.Abs(tally.Share("b") - b) < 3 && Math.Abs(tally.Share("c") - c) < 3;
        }, state: () => $"{name}: {tally}");
        tally.Failures.ShouldBeEmpty(name);
    }

    [Fact]
    public async Task Explanation_SaysWhoAnswers_AndWhy()
    {
        configuration.Write("policy.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: places, namespace: shop}
            spec: {failover: [us], then: none}
            """);
        await SetZonesAsync("a 1/2, b 2/2, c 3/4", left: "b");
        await caller.UntilAnsweredByAsync("c");

        JsonNode explanation = await controlPlane.GetAsync("explain?from=web-1&to=shop/cart");

        Tally tally = await caller.CallAsync(3_000);
        JsonNode[] endpoints = [.. explanation["tiers"]!.AsArray().SelectMany(tier => tier!["localities"]!.AsArray()).SelectMany(locality => locality!["endpoints"]!.AsArray())!];
        endpoints.Sum(endpoint => endpoint["share"]!.GetValue<double>()).ShouldBe(100, 0.1);
        foreach (JsonNode endpoint in endpoints)
        {
            tally.Share(endpoint["workload"]!.GetValue<string>()).ShouldBe(endpoint["share"]!.GetValue<double>(), 4.5, $"{tally} {endpoint}");
        }
        explanation["tiers"]!.AsArray().Select(tier => $"{tier!["load"]} {tier["why"]}").ShouldBe(["70 the caller's own place", "30 a policy names it next (failover)"]);
        explanation["notUsed"]!.AsArray().Select(endpoint => endpoint!["reason"]!.GetValue<string>()).Distinct()
            .ShouldBe(["TrafficPolicy shop/places names where to fail over to, and nothing else"]);
        explanation["proxy"]!["state"]!.GetValue<string>().ShouldBe("Synced");
        explanation["sources"]![0]!["name"]!.GetValue<string>().ShouldBe("file");

        await using ChildProcess text = await ChildProcess.RunAsync(ControlPlaneProcess.Program, ["explain", "us-c@us/c", "shop/cart:80", "--server", controlPlane.Rest.ToString()]);
        text.ExitCode.ShouldBe(0, text.Output);
        text.Output.ShouldContain("us-c (us/c, cluster us-c, network default) to default/shop/cart:80");
        text.Output.ShouldContain("  100 % the caller's own place: 3 of 4 healthy");
        text.Output.ShouldContain("  failover is set by TrafficPolicy shop/places");
        await using ChildProcess nobody = await ChildProcess.RunAsync(ControlPlaneProcess.Program, ["explain", "nobody", "shop/cart", "--server", controlPlane.Rest.ToString()]);
        nobody.ExitCode.ShouldBe(1);
        nobody.Output.ShouldContain("a caller 'nobody' (a connected proxy's node.id, a RegionGateway, CLUSTER, or CLUSTER@REGION/ZONE/SUBZONE) is not known");
    }

    [Fact]
    public async Task Zone_ThatFails_IsLeftAndComesBack_WithoutAFailedRequest()
    {
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(50);

        await SetAsync("a 0", "b 1", "c 1");
        await caller.UntilAllAnsweredByAsync("b");
        await SetAsync("a 0", "b 0", "c 1");
        await caller.UntilAllAnsweredByAsync("c");
        await SetAsync("a 1", "b 1", "c 1");
        await caller.UntilAllAnsweredByAsync("a");

        (await load.StopAsync()).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Service_ThatDisappears_IsNotFoundAndWorksAgainWhenItComesBack()
    {
        configuration.Delete("cart.yaml");
        await Eventually.Until(async () => (await caller.TryAsync()).Status is 404 or 503);

        await SetAsync("a 1", "b 1", "c 1");

        await caller.UntilAllAnsweredByAsync("a");
    }

    [Fact]
    public async Task Hosts_OfEachForm_ReachTheService()
    {
        foreach (string host in (string[])[
            "cart", "cart:80", "cart.shop", "cart.shop:80", "cart.shop.svc", "cart.shop.svc.cluster.local", "cart.shop.svc.cluster.local:80", "cart.shop.default.mesh"])
        {
            using var other = new Caller(sidecar.Outbound, host);
            await other.UntilAnsweredByAsync("a");
        }
        using var unknown = new Caller(sidecar.Outbound, "nobody.shop");
        (await unknown.CallAsync()).Status.ShouldBe(404);
    }

    [Fact]
    public async Task BadFile_KeepsWhatWasGoodAndIsShown()
    {
        configuration.Write("broken.yaml", "apiVersion: controlplane.io/v1alpha1\nkind: Service\nmetadata: {name: cart, namespace: shop");
        await Eventually.Until(async () => (await controlPlane.GetAsync("configuration"))["problems"]!.AsArray().Count > 0);

        (await controlPlane.GetAsync("configuration"))["problems"]!.ToJsonString().ShouldContain("broken.yaml:");
        (await caller.CallAsync()).Body.ShouldStartWith("a");

        configuration.Delete("broken.yaml");
        await Eventually.Until(async () => (await controlPlane.GetAsync("configuration"))["problems"]!.AsArray().Count == 0);
    }

    [Fact]
    public async Task TrafficPolicy_ChangesTheTiers()
    {
        configuration.Write("policy.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: TrafficPolicy
            metadata: {name: everywhere, namespace: shop}
            spec: {spread: any}
            """);

        await caller.UntilAnsweredByAsync("c");

        (await controlPlane.GetAsync("services/default/shop/cart"))["policy"]!["setBy"]!["spread"]!.GetValue<string>().ShouldBe("TrafficPolicy shop/everywhere");
    }

    /// <summary>Writes the service: each endpoint is its zone, and 1 if it is healthy.</summary>
    // "a 1/2": one of two is healthy.
    private async Task SetZonesAsync(string zones, string? left = null)
    {
        string[] endpoints = [.. zones.Split(", ").SelectMany(zone =>
        {
            string[] parts = zone.Split(' ', '/');
            return Enumerable.Range(0, int.Parse(parts[2])).Select(i => $"{parts[0]} {(i < int.Parse(parts[1]) ? 1 : 0)}");
        })];
        await SetAsync(endpoints);
        string[] sent = [.. endpoints.Where(endpoint => left is null || !endpoint.StartsWith(left, StringComparison.Ordinal))];
        int healthy = sent.Count(endpoint => endpoint.EndsWith('1'));
        await Eventually.Until(async () => await sidecar.HostsAsync("p80.cart.shop.default.mesh") is var hosts
            && hosts.Count == sent.Length && hosts.Values.Count(health => health == "HEALTHY") == healthy);
    }

    private async Task SetAsync(params string[] endpoints)
    {
        var chosen = new List<(Backend, string, string)>();
        foreach ((int index, string endpoint) in endpoints.Index())
        {
            (string zone, bool healthy) = (endpoint[..1], endpoint.EndsWith('1'));
            string name = $"{zone}-{endpoints.Take(index).Count(other => other[..1] == zone)}";
            Backend backend = backends.FirstOrDefault(known => known.Name == name) ?? await StartAsync(name);
            chosen.Add((backend, zone switch { "a" => "eu-a", "b" => "eu-b", _ => "us-c" }, healthy ? "Healthy" : "Unhealthy"));
        }
        configuration.Service("cart", chosen);
    }

    private async Task<Backend> StartAsync(string name)
    {
        Backend backend = await Backend.StartAsync(name);
        backends.Add(backend);
        return backend;
    }
}
