using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Kubernetes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Silos;

/// <summary>Three silos serve the same to everybody, and go on when one of them is gone.</summary>
[Trait("Engine", "Orleans")]
public sealed class SeveralSilosTests(ThreeSilos region) : IClassFixture<ThreeSilos>, IAsyncLifetime
{
    private readonly List<IAsyncDisposable> running = [];
    private Backend[] backends = [];

    public async ValueTask InitializeAsync()
    {
        backends = await Backend.StartAllAsync("a-0", "a-1", "vm-0");
        Cart(backends[0]);
        await region.MendAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(running.Select(one => one.DisposeAsync().AsTask()));
        await Task.WhenAll(backends.Select(backend => backend.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Envoys_OfAllSilos_HaveTheSameResourcesInTheSameVersions()
    {
        EnvoyProcess[] sidecars = await SidecarsAsync();
        await UntilAllHaveAsync(sidecars, "p80.cart.shop.default.mesh", backends[0]);

        string[] clusters = await Task.WhenAll(sidecars.Select(VersionsAsync));
        clusters[0].ShouldContain("p80.cart.shop.default.mesh ");
        clusters.Distinct().ShouldHaveSingleItem();

        // And so does REST: what is merged has one author.
        string[] services = await Task.WhenAll(region.Silos.Select(async silo => (await silo.ListAsync("services")).ToJsonString()));
        services.Distinct().ShouldHaveSingleItem();
        services[0].ShouldContain("\"version\"");
    }

    [Fact]
    public async Task Change_OfAnySource_ReachesTheEnvoysOfAllSilos()
    {
        EnvoyProcess[] sidecars = await SidecarsAsync();

        Cart(backends[1]);
        await UntilAllHaveAsync(sidecars, "p80.cart.shop.default.mesh", backends[1]);

        foreach (ControlPlaneProcess silo in region.Silos)
        {
            // Whoever is asked.
            await ThreeSilos.RegisterAsync(silo, "vm-0", backends[2]);
        }
        await UntilAllHaveAsync(sidecars, "p80.vm.shop.default.mesh", backends[2]);

        await region.Kubernetes.ApplyAsync(KubernetesObjects.Service("web"));
        await region.Kubernetes.ApplyAsync(KubernetesObjects.Slice("web", "one", KubernetesObjects.Endpoint("10.1.2.3")));
        foreach (EnvoyProcess sidecar in sidecars)
        {
            await Eventually.Until(async () => (await sidecar.HostsAsync("p80.web.default.default.mesh")).ContainsKey("10.1.2.3:8080"), within: ThreeSilos.Recovery, state: () => region.Output);
        }
    }

    [Fact]
    public async Task Sources_AreWatchedByOneSiloEach_AndAllKnowByWhom()
    {
        await HolderOfAsync("file", []);
        await Eventually.Until(async () =>
        {
            SortedDictionary<string, string>[] holders = await Task.WhenAll(region.Silos.Select(ThreeSilos.HoldersAsync));
            return holders[0].Keys.SequenceEqual(["file", "kubernetes/east", "registrations"]) && holders[0].Values.All(holder => holder.StartsWith("Live at 127.0.0.1:", StringComparison.Ordinal))
                && holders.Select(each => string.Join(", ", each)).Distinct().Count() == 1;
        }, within: ThreeSilos.Recovery, state: () => region.Output);

        region.Output.ShouldNotContain(PostgresServer.Password);
    }

    [Fact]
    public async Task Kill_OfASilo_MovesItsSources_AndTheOthersGoOnUntilItIsBack()
    {
        EnvoyProcess[] sidecars = await SidecarsAsync();
        await UntilAllHaveAsync(sidecars, "p80.cart.shop.default.mesh", backends[0]);
        (ControlPlaneProcess killed, ControlPlaneProcess[] others, EnvoyProcess[] theirs) = await HolderOfAsync("file", sidecars);
        string name = await ThreeSilos.NameAsync(killed);
        using var caller = new Caller(theirs[0].Outbound, "cart");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(100);

        await killed.KillAsync();
        Cart(backends[0], backends[1]);
        await UntilAllHaveAsync(theirs, "p80.cart.shop.default.mesh", backends[0], backends[1]);

        foreach (ControlPlaneProcess other in others)
        {
            await Eventually.Until(async () => (await ThreeSilos.HoldersAsync(other)).Values.All(holder => holder.StartsWith("Live at ", StringComparison.Ordinal) && !holder.EndsWith(name, StringComparison.Ordinal)), within: ThreeSilos.Recovery, state: () => region.Output);
            (await other.IsReadyAsync()).ShouldBeTrue();
        }
        (await load.StopAsync()).Failures.ShouldBeEmpty();

        await killed.RestartAsync();
        await region.UntilWholeAsync();
        Cart(backends[0]);
        await UntilAllHaveAsync(sidecars, "p80.cart.shop.default.mesh", backends[0]);
    }

    [Fact]
    public async Task Silo_ThatHangs_IsDeclaredDeadAndEndsWithTheReason()
    {
        (ControlPlaneProcess hung, ControlPlaneProcess[] others, _) = await HolderOfAsync("file", []);
        hung.Signal("STOP");
        foreach (ControlPlaneProcess other in others)
        {
            await Eventually.Until(async () => (await ThreeSilos.MembersAsync(other)).Length == 2, within: ThreeSilos.Recovery, state: () => region.Output);
        }
        hung.Signal("CONT");

        (await hung.EndAsync()).ShouldBe(1, hung.Output);

        hung.Output.ShouldContain("error: this process is no longer one of its region, and ends so that it can be started again: ");
        await hung.RestartAsync();
        await region.UntilWholeAsync();
    }

    [Fact]
    public async Task Kill_OfAll_IsMendedByAStart()
    {
        EnvoyProcess[] sidecars = await SidecarsAsync();
        await UntilAllHaveAsync(sidecars, "p80.cart.shop.default.mesh", backends[0]);

        await Task.WhenAll(region.Silos.Select(silo => silo.KillAsync()));
        Cart(backends[1]);
        await Task.WhenAll(region.Silos.Select(silo => silo.RestartAsync()));

        await region.UntilWholeAsync();
        await UntilAllHaveAsync(sidecars, "p80.cart.shop.default.mesh", backends[1]);
    }

    private void Cart(params Backend[] healthy) => region.Configuration.Service("cart", healthy.Select(backend => (backend, "eu-a", "Healthy")));

    private async Task<EnvoyProcess[]> SidecarsAsync()
    {
        EnvoyProcess[] sidecars = await region.SidecarsAsync();
        running.AddRange(sidecars);
        return sidecars;
    }

    private async Task UntilAllHaveAsync(EnvoyProcess[] sidecars, string cluster, params Backend[] expected)
    {
        string[] addresses = [.. expected.Select(backend => backend.EndPoint.ToString()).Order(StringComparer.Ordinal)];
        foreach (EnvoyProcess sidecar in sidecars)
        {
            await Eventually.Until(async () => (await sidecar.HostsAsync(cluster)).Keys.Order(StringComparer.Ordinal).SequenceEqual(addresses), within: ThreeSilos.Recovery, state: () => region.Output);
        }
    }

    private async Task<(ControlPlaneProcess Holder, ControlPlaneProcess[] Others, EnvoyProcess[] Theirs)> HolderOfAsync(string source, EnvoyProcess[] sidecars)
    {
        int found = -1;
        // After an earlier test the last holder may be one that has ended since.
        await Eventually.Until(async () =>
        {
            string holder = (await ThreeSilos.HoldersAsync(region.Silos[0]))[source];
            string[] names = await Task.WhenAll(region.Silos.Select(ThreeSilos.NameAsync));
            found = Array.FindIndex(names, name => holder == $"Live at {name}");
            return found >= 0;
        }, within: ThreeSilos.Recovery, state: () => region.Output);
        return (region.Silos[found], [.. region.Silos.Where((_, other) => other != found)], [.. sidecars.Where((_, other) => other != found)]);
    }

    // A version is the hash of what was sent.
    private static async Task<string> VersionsAsync(EnvoyProcess sidecar)
    {
        JsonNode dump = JsonNode.Parse(await sidecar.AdminAsync("/config_dump?resource=dynamic_active_clusters"))!;
        return string.Join(", ", dump["configs"]!.AsArray().Select(cluster => $"{cluster!["cluster"]!["name"]} {cluster["version_info"]}").Order(StringComparer.Ordinal));
    }
}
