using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>The control plane is killed, and what it knew is not lost.</summary>
[Trait("Engine", "each")]
public sealed class RestartTests : IAsyncLifetime
{
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private Backend[] backends = [];
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        backends = await Backend.StartAllAsync("a-0", "a-1", "b-0");
        Cart(backends[0], backends[1]);
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await controlPlane.DisposeAsync();
        await Task.WhenAll(backends.Select(backend => backend.DisposeAsync().AsTask()));
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Kill_UnderLoad_LosesNoRequestAndSendsOnlyWhatChanged()
    {
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop");
        using var caller = new Caller(sidecar.Outbound, "cart");
        await caller.UntilAnsweredByAsync("a");
        configuration.Service("other", [(backends[2], "eu-b", "Healthy")]);
        await Eventually.Until(async () => (await sidecar.HostsAsync("p80.other.shop.default.mesh")).Count == 1);
        await SettledAsync();
        await FileWrittenAsync("other");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(100);
        string before = await sidecar.AdminAsync("/config_dump?resource=dynamic_active_clusters&mask=version_info,last_updated");

        await controlPlane.KillAsync();
        await load.UntilMoreAsync(100);
        // What changes meanwhile is all that is sent afterwards.
        Cart(backends[1]);
        await controlPlane.RestartAsync();
        await Eventually.Until(async () => (await sidecar.HostsAsync("p80.cart.shop.default.mesh")).Count == 1);
        await SettledAsync();

        (await load.StopAsync()).Failures.ShouldBeEmpty();
        (await sidecar.AdminAsync("/config_dump?resource=dynamic_active_clusters&mask=version_info,last_updated")).ShouldBe(before);
        (await sidecar.StatAsync("control_plane.connected_state")).ShouldBe(1);
        (await controlPlane.MetricAsync("controlplane_xds_resources_total")).ShouldBe(1, "only the assignment that changed is sent");
    }

    [Fact]
    public async Task Restart_WhileTheRegistryIsDown_ServesWhatWasKnown()
    {
        await FileWrittenAsync("cart");
        await controlPlane.KillAsync();
        string hidden = configuration.Path + "-away";
        Directory.Move(configuration.Path, hidden);
        try
        {
            await controlPlane.RestartAsync();
            (await controlPlane.ListAsync("services")).Count.ShouldBe(1);
            await Eventually.Until(async () => (await controlPlane.GetAsync("sources/file")) is var source
                && source["state"]!.GetValue<string>() == "Stale" && source["reason"]!.GetValue<string>().Contains(configuration.Path, StringComparison.Ordinal));
            await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop");
            using var caller = new Caller(sidecar.Outbound, "cart");
            await caller.UntilAnsweredByAsync("a");
        }
        finally
        {
            Directory.Move(hidden, configuration.Path);
        }
        await Eventually.Until(async () => (await controlPlane.GetAsync("sources/file"))["state"]!.GetValue<string>() == "Live");
    }

    [Fact]
    public async Task CorruptStateFile_IsKeptAsideAndBegunAnew()
    {
        await FileWrittenAsync("cart");
        await controlPlane.KillAsync();
        string file = Path.Combine(data.Path, "state.db");
        foreach (string log in Directory.GetFiles(data.Path, "state.db-*"))
        {
            File.Delete(log);
        }
        await File.WriteAllBytesAsync(file, [.. Enumerable.Repeat((byte)0x55, 20_000)]);

        await controlPlane.RestartAsync();

        Directory.GetFiles(data.Path, "state.db.damaged-*").ShouldHaveSingleItem();
        controlPlane.Output.ShouldContain("is damaged");
        (await controlPlane.ListAsync("services")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stop_EndsInGoodOrderAndQuickly()
    {
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop");

        (await controlPlane.StopAsync()).ShouldBe(0, controlPlane.Output);

        await Eventually.Until(async () => await sidecar.StatAsync("control_plane.connected_state") == 0);
        await controlPlane.RestartAsync();
        await Eventually.Until(async () => await sidecar.StatAsync("control_plane.connected_state") == 1);
    }

    private void Cart(params Backend[] healthy) => configuration.Service("cart", healthy.Select(backend => (backend, "eu-a", "Healthy")));

    private Task SettledAsync() => Eventually.Until(async () =>
        (await controlPlane.ListAsync("proxies")) is [var proxy] && proxy!["state"]!.GetValue<string>() == "Synced");

    // The file of what is known is written behind, within a second.
    private async Task FileWrittenAsync(string service)
    {
        await Eventually.Until(async () => (await controlPlane.ListAsync($"services?name={service}")).Count == 1);
        await Eventually.Until(async () => await controlPlane.MetricAsync("controlplane_catalog_unwritten") == 0);
    }
}
