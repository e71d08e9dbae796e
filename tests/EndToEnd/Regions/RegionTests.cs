using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Regions;

/// <summary>Regions that are linked: what one is the author of reaches the Envoys of the others, and stays there whatever becomes of the link.</summary>
[Trait("Engine", "each")]
public sealed class RegionTests : IAsyncLifetime
{
    private RegionWorld world = null!;
    private RegionProcess eu = null!;
    private RegionProcess us = null!;

    public async ValueTask InitializeAsync()
    {
        world = await RegionWorld.StartAsync("eu", "us");
        (eu, us) = (world["eu"], world["us"]);
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Service_OfAnotherRegion_IsCalledByEnvoys_WhereTheirOwnFails()
    {
        await using Backend near = await Backend.StartAsync("near");
        await using Backend far = await Backend.StartAsync("far");
        us.Serve("cart", near.Port);
        eu.Serve("cart", far.Port);
        await using EnvoyProcess web = await EnvoyProcess.StartAsync(us.ControlPlane, "web", ["--cluster", "us", "--namespace", "shop"]);
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAllAnsweredByAsync("near");

        us.Delete("cart.yaml");
        await caller.UntilAllAnsweredByAsync("far");
        JsonNode endpoint = (await us.ControlPlane.ListAsync("endpoints")).ShouldHaveSingleItem()!;
        ((string?)endpoint["cluster"], (string?)endpoint["learntFrom"]).ShouldBe(("eu", "eu"));

        us.Serve("cart", near.Port);
        await caller.UntilAllAnsweredByAsync("near");
    }

    [Fact]
    public async Task Link_ThatFallsSilent_LeavesTheLastKnownGood_AndGoesOnWhereItWas()
    {
        eu.Serve("cart", ("10.0.0.1", 80));
        eu.Serve("pay", ("10.0.0.2", 80));
        await us.UntilEndpointsAsync("pay", "10.0.0.2:80");
        await us.UntilEndpointsAsync("cart", "10.0.0.1:80");
        double sent = await eu.ControlPlane.MetricAsync("controlplane_region_services_total");

        world.Link("us", "eu").IsSilent = true;
        await us.UntilAsync("eu", "Stale", "nothing came from region eu");
        eu.Serve("cart", ("10.0.0.3", 80));
        await eu.UntilEndpointsAsync("cart", "10.0.0.3:80");
        (await us.EndpointsAsync("cart")).ShouldBe("10.0.0.1:80");
        world.Link("us", "eu").IsSilent = false;
        world.Link("us", "eu").Break();

        await us.UntilEndpointsAsync("cart", "10.0.0.3:80");
        await us.UntilAsync("eu", "Live");
        // Only what differs comes: pay was there.
        (await eu.ControlPlane.MetricAsync("controlplane_region_services_total")).ShouldBeLessThanOrEqualTo(sent + 2);
    }

    [Fact]
    public async Task Service_ThatIsGone_OrNoLongerExported_IsTakenBack()
    {
        eu.Serve("cart", ("10.0.0.1", 80));
        eu.Serve("pay", ("10.0.0.2", 80));
        eu.Serve("stock", ("10.0.0.3", 80));
        await us.UntilEndpointsAsync("stock", "10.0.0.3:80");

        eu.Delete("pay.yaml");
        await us.UntilEndpointsAsync("pay", "");
        world.LinkTo("eu", "us", exports: "[{namespace: shop, service: cart}]");
        await us.UntilEndpointsAsync("stock", "");
        (await us.EndpointsAsync("cart")).ShouldBe("10.0.0.1:80");

        world.LinkTo("eu", "us");
        await us.UntilEndpointsAsync("stock", "10.0.0.3:80");
    }

    [Fact]
    public async Task RegionThatBeginsWithNothing_ErasesNothing_UntilItHasHeardItsSources_ThenItsWordCounts()
    {
        await using InstanceServer registry = await InstanceServer.StartAsync();
        registry.Put("vm-1", "cart", 8001);
        registry.Put("vm-2", "pay", 8002);
        eu.Write("registry.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: own}
            spec: {cluster: eu, refreshSeconds: 1, http: {url: "{{registry.Document}}"}, mapping: {namespace: shop} }
            """);
        await us.UntilEndpointsAsync("cart", "127.0.0.1:8001");
        await us.UntilEndpointsAsync("pay", "127.0.0.1:8002");
        long generation = (long)(await us.LinkAsync("eu"))["generation"]!;

        await registry.StopAsync();
        await eu.LoseEverythingAsync();
        eu.Launch();
        await us.UntilAsync("eu", "Stale");
        await eu.UntilLinkedAsync();
        (await us.EndpointsAsync("cart")).ShouldBe("127.0.0.1:8001");
        (await us.EndpointsAsync("pay")).ShouldBe("127.0.0.1:8002");

        registry.Remove("vm-2");
        await registry.StartAgainAsync();

        await us.UntilEndpointsAsync("pay", "");
        (await us.EndpointsAsync("cart")).ShouldBe("127.0.0.1:8001");
        ((long)(await us.LinkAsync("eu"))["generation"]!).ShouldBeGreaterThan(generation);
    }

    [Fact]
    public async Task EarlierLifeOfARegion_IsNotBelieved()
    {
        eu.Serve("cart", ("10.0.0.1", 80));
        await us.UntilEndpointsAsync("cart", "10.0.0.1:80");
        await using RegionProcess restored = world.Create("eu", "spiffe://controlplane.example/region/eu");
        restored.Serve("cart", ("10.0.0.2", 80));
        restored.Write("link-us.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: us}
            spec: {region: {address: "https://127.0.0.1:1"} }
            """);
        restored.Launch();
        world.Link("us", "eu").TurnTo(restored.LinkPort);
        await us.UntilEndpointsAsync("cart", "10.0.0.2:80");

        world.Link("us", "eu").TurnTo(eu.LinkPort);

        await us.UntilAsync("eu", "Stale", "later than this one");
        (await us.EndpointsAsync("cart")).ShouldBe("10.0.0.2:80");
    }

    [Fact]
    public async Task Stranger_IsRefused_AndTheReasonIsSaid()
    {
        using var otherAuthority = new TestAuthority("somebody else");
        await using RegionProcess unknown = world.Create("ap", "spiffe://controlplane.example/region/ap");
        await using RegionProcess forged = world.Create("us", "spiffe://controlplane.example/region/us", otherAuthority);
        foreach (RegionProcess stranger in (RegionProcess[])[unknown, forged])
        {
            stranger.Write("link-eu.yaml", $$"""
                apiVersion: controlplane.io/v1alpha1
                kind: Source
                metadata: {name: eu}
                spec: {region: {address: "https://127.0.0.1:{{eu.LinkPort}}"} }
                """);
            stranger.Launch();
        }

        await unknown.UntilAsync("eu", "Warming", "region 'ap' is not linked here");
        await forged.UntilAsync("eu", "Warming", "is not accepted");
        (await eu.ControlPlane.MetricAsync("controlplane_region_refused_total")).ShouldBeGreaterThanOrEqualTo(2);

        // And one that answers in another's name is not believed either.
        await using RegionProcess impostor = world.Create("ap", "spiffe://controlplane.example/region/ap");
        impostor.Serve("cart", ("10.9.9.9", 80));
        impostor.Launch();
        world.Link("us", "eu").TurnTo(impostor.LinkPort);
        await us.UntilAsync("eu", "Stale", "certificate");
        (await us.EndpointsAsync("cart")).ShouldBe("");
    }
}
