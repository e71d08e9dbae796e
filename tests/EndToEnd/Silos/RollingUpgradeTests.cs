using System.Globalization;
using ControlPlane.Tests.EndToEnd.Kubernetes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Silos;

/// <summary>
/// Three silos of an older build are replaced by this one, one after the other, under load. <c>tests/upgrade.sh</c> builds the older one and says in
/// CONTROLPLANE_OLDER where it is.
/// </summary>
[Trait("Engine", "Upgrade")]
public sealed class RollingUpgradeTests : IAsyncLifetime
{
    private const string Cart = "p80.cart.shop.default.mesh";
    private readonly string older = Environment.GetEnvironmentVariable("CONTROLPLANE_OLDER") ?? throw new InvalidOperationException("CONTROLPLANE_OLDER says where the older build is: run tests/upgrade.sh");
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private readonly List<IAsyncDisposable> running = [];
    private readonly List<ControlPlaneProcess> silos = [];
    private PostgresServer postgres = null!;
    private KubeApiServer kubernetes = null!;
    private Backend[] backends = [];
    private EnvoyProcess[] sidecars = [];
    private int changes;

    private string Output => string.Join("\n\n", silos.Select(silo => silo.Output));

    public async ValueTask InitializeAsync()
    {
        backends = [.. (await Backend.StartAllAsync("a-0", "a-1")).Select(Keep)];
        postgres = Keep(await PostgresServer.StartAsync());
        kubernetes = Keep(await KubeApiServer.StartAsync());
        await kubernetes.ApplyAsync(KubernetesObjects.Service("web"));
        configuration.Write("kubernetes.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: east}
            spec: {platform: kubernetes, locality: {region: eu}}
            """);
        configuration.Service("cart", [(backends[0], "eu-a", "Healthy")]);
        silos.AddRange(Enumerable.Range(0, 3).Select(i => Keep(ControlPlaneProcess.LaunchBuild(
            older, "127.0.0.1", data.File(string.Create(CultureInfo.InvariantCulture, $"silo-{i}")), "--config", configuration.Path, "--kubernetes", $"east={kubernetes.Kubeconfig}",
            "--postgres", postgres.ConnectionString, "--region", "test", "--silo-address", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Loopback.FreePort()}")))));
        await UntilWholeAsync();
        sidecars = await Task.WhenAll(silos.Select(async (silo, i) => Keep(await EnvoyProcess.StartAsync(
            silo, string.Create(CultureInfo.InvariantCulture, $"web-{i}"), "--cluster", "eu-a", "--namespace", "shop"))));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(running))
        {
            await one.DisposeAsync();
        }
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Silos_ThatAreReplacedOneByOne_AndOneOfThemBackAgain_LoseNothing()
    {
        await ChangeAsync();
        Load[] loads = await Task.WhenAll(sidecars.Select(async sidecar =>
        {
            Caller caller = new(sidecar.Outbound, "cart");
            await caller.UntilAnsweredByAsync("a");
            return caller.StartLoad();
        }));

        foreach (ControlPlaneProcess silo in silos)
        {
            await ReplaceAsync(silo, ControlPlaneProcess.Program);
        }
        await ReplaceAsync(silos[1], older);

        foreach (Load load in loads)
        {
            (await load.StopAsync()).Failures.ShouldBeEmpty();
        }
    }

    private async Task ReplaceAsync(ControlPlaneProcess silo, string executable)
    {
        (await silo.StopAsync()).ShouldBe(0, silo.Output);
        silo.Executable = executable;
        await silo.RestartAsync();
        await UntilWholeAsync();
        await ChangeAsync();
    }

    // A change of each kind of source, by way of each silo, reaches the sidecars of all.
    private async Task ChangeAsync()
    {
        changes++;
        string address = string.Create(CultureInfo.InvariantCulture, $"10.1.2.{changes}");
        await kubernetes.ApplyAsync(KubernetesObjects.Slice("web", "one", KubernetesObjects.Endpoint(address)));
        Backend[] healthy = changes % 2 == 0 ? backends[..1] : backends;
        configuration.Service("cart", healthy.Select(backend => (backend, "eu-a", "Healthy")));
        string[] ids = [.. silos.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"vm-{changes}-{i}"))];
        foreach ((string id, ControlPlaneProcess silo) in ids.Zip(silos))
        {
            await ThreeSilos.RegisterAsync(silo, id, backends[0]);
        }
        foreach (EnvoyProcess sidecar in sidecars)
        {
            await UntilAsync(async () => (await sidecar.HostsAsync("p80.web.default.default.mesh")).Keys.SequenceEqual([$"{address}:8080"]), $"the slice at {address}");
            await UntilAsync(
                async () => (await sidecar.HostsAsync(Cart)).Keys.Order().SequenceEqual(healthy.Select(backend => backend.EndPoint.ToString()).Order()), $"change {changes} of the file");
        }
        foreach (ControlPlaneProcess silo in silos)
        {
            await UntilAsync(async () => ids.All((await silo.ListAsync("registrations")).Select(item => (string)item!["id"]!).Contains), "all registrations");
        }
    }

    private async Task UntilWholeAsync()
    {
        foreach (ControlPlaneProcess silo in silos)
        {
            await silo.WaitUntilReadyAsync();
            await UntilAsync(async () => (await ThreeSilos.MembersAsync(silo)).Length == 3, "three members");
        }
    }

    private Task UntilAsync(Func<Task<bool>> condition, string what) => Eventually.Until(condition, within: ThreeSilos.Recovery, state: () => Output, what: what);

    private T Keep<T>(T started) where T : IAsyncDisposable
    {
        running.Add(started);
        return started;
    }
}
