using System.Globalization;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.EndToEnd.Kubernetes;

/// <summary>What goes wrong between the adapter and an API server, and that nothing known is lost by it.</summary>
public sealed class KubernetesFailureTests
{
    private static Task AddressAsync(KubeApiServer server, string address) =>
        server.ApplyAsync(KubernetesObjects.Slice("cart", "a", KubernetesObjects.Endpoint(address)));

    private static Task SeenAsync(WatchedSource source, string address) => Eventually.Until(
        () => source.Endpoints("cart") == $"{address}:8080 Healthy", state: () => $"{source.State} {source.Reason}: {source.Endpoints("cart")}");

    private static async Task<KubeApiServer> StartAsync(params string[] flags)
    {
        KubeApiServer server = await KubeApiServer.StartAsync(flags);
        await server.ApplyAsync(KubernetesObjects.Service("cart"));
        await AddressAsync(server, "10.0.0.1");
        return server;
    }

    [Fact]
    public async Task Watch_EndsOften_MissesNothing()
    {
        await using KubeApiServer server = await StartAsync("--watch-timeout", "1s");
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, new KubernetesTimes { Watch = TimeSpan.FromSeconds(1) });
        await source.LiveAsync();

        for (int i = 1; i < 40; i++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"10.0.1.{i}");
            await AddressAsync(server, address);
            await SeenAsync(source, address);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        source.State.ShouldBe(SourceState.Live);
        source.Removals.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_HistoryCompacted_GoesOn(bool keepWatches)
    {
        await using KubeApiServer server = await StartAsync();
        await using WatchedSource source = KubernetesAdapterTests.Watch(server);
        await source.LiveAsync();

        await server.CompactAsync(keepWatches);
        await AddressAsync(server, "10.0.0.2");

        await SeenAsync(source, "10.0.0.2");
        source.State.ShouldBe(SourceState.Live);
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_NoWatchCache_GoesOnWithoutBookmarks()
    {
        await using KubeApiServer server = await StartAsync("--no-watch-cache", "--watch-timeout", "1s");
        await using WatchedSource source = KubernetesAdapterTests.Watch(
            server, new KubernetesTimes { Idle = TimeSpan.FromMilliseconds(300), Watch = TimeSpan.FromSeconds(1) });
        await source.LiveAsync();
        for (int i = 2; i < 12; i++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{i}");
            await server.CompactAsync(keepWatches: true);
            await AddressAsync(server, address);
            await SeenAsync(source, address);
        }
        source.State.ShouldBe(SourceState.Live);
    }

    [Fact]
    public async Task Watch_ServerKilled_KeepsWhatIsKnownAndSaysWhy()
    {
        await using KubeApiServer server = await StartAsync();
        await server.ApplyAsync(KubernetesObjects.Service("gone"));
        await using WatchedSource source = KubernetesAdapterTests.Watch(server);
        await source.LiveAsync();

        await server.KillAsync();
        await source.StaleAsync();
        source.Reason.ShouldContain($"127.0.0.1:{server.Port} cannot be reached");
        source.Endpoints("cart").ShouldBe("10.0.0.1:8080 Healthy");

        await server.RestartAsync();
        await server.DeleteAsync("/api/v1/namespaces/default/services/gone");
        await AddressAsync(server, "10.0.0.2");
        await SeenAsync(source, "10.0.0.2");
        await source.LiveAsync();
        await Eventually.Until(() => source.Find("gone") is null);
        source.Removals.ShouldAllBe(service => service.Name == "gone");
    }

    [Fact]
    public async Task Watch_ConnectionsBroken_GoesOnAtOnce()
    {
        await using KubeApiServer server = await StartAsync();
        await using var proxy = new SlowProxy(server.Port);
        string kubeconfig = server.WriteKubeconfig("proxy.kubeconfig", $"{{token: \"{server.AdminToken}\"}}", $"https://127.0.0.1:{proxy.Port}");
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, null, kubeconfig);
        await source.LiveAsync();

        for (int i = 2; i < 10; i++)
        {
            string address = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{i}");
            proxy.Break();
            await AddressAsync(server, address);
            await SeenAsync(source, address);
        }

        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_SlowServer_IsWaitedFor()
    {
        await using KubeApiServer server = await StartAsync();
        await using var proxy = new SlowProxy(server.Port) { Delay = TimeSpan.FromMilliseconds(300) };
        string kubeconfig = server.WriteKubeconfig("proxy.kubeconfig", $"{{token: \"{server.AdminToken}\"}}", $"https://127.0.0.1:{proxy.Port}");
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, null, kubeconfig);

        await source.LiveAsync();
        await AddressAsync(server, "10.0.0.2");
        await SeenAsync(source, "10.0.0.2");
    }

    [Fact]
    public async Task Watch_SilentServer_IsStaleAndRecovers()
    {
        await using KubeApiServer server = await StartAsync();
        await using var proxy = new SlowProxy(server.Port);
        string kubeconfig = server.WriteKubeconfig("proxy.kubeconfig", $"{{token: \"{server.AdminToken}\"}}", $"https://127.0.0.1:{proxy.Port}");
        var times = new KubernetesTimes
        {
            Connect = TimeSpan.FromSeconds(1), Request = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(1),
        };
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, times, kubeconfig);
        await source.LiveAsync();

        proxy.IsSilent = true;
        await source.StaleAsync();
        source.Endpoints("cart").ShouldBe("10.0.0.1:8080 Healthy");
        source.Reason.ShouldContain("within 1 s");
        proxy.Break();
        proxy.IsSilent = false;

        await source.LiveAsync();
        await AddressAsync(server, "10.0.0.2");
        await SeenAsync(source, "10.0.0.2");
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_TokenRevokedThenReplaced_IsStaleMeanwhile()
    {
        await using KubeApiServer server = await StartAsync("--watch-timeout", "1s");
        await server.AddTokenAsync("first", "watcher", "readers");
        string kubeconfig = server.WriteKubeconfig("own.kubeconfig", "{token: first}");
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, null, kubeconfig);
        await source.LiveAsync();

        await server.RevokeTokenAsync("first");
        await source.StaleAsync();
        source.Reason.ShouldContain("answers 401");
        source.Endpoints("cart").ShouldBe("10.0.0.1:8080 Healthy");
        await server.AddTokenAsync("second", "watcher", "readers");
        server.WriteKubeconfig("own.kubeconfig", "{token: second}");

        await source.LiveAsync();
    }

    [Fact]
    public async Task Watch_WrongAuthority_SaysSo()
    {
        await using KubeApiServer server = await StartAsync();
        await using KubeApiServer other = await KubeApiServer.StartAsync();
        string kubeconfig = server.WriteKubeconfig("wrong.kubeconfig", $"{{token: \"{server.AdminToken}\"}}", authority: other.AuthorityFile);
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, null, kubeconfig);

        await source.StaleAsync();

        source.Reason.ShouldContain("the server's certificate does not fit the CA of the kubeconfig");
    }

    [Fact]
    public async Task Watch_WrongServerName_SaysSo()
    {
        await using KubeApiServer server = await StartAsync();
        string kubeconfig = server.WriteKubeconfig("name.kubeconfig", $"{{token: \"{server.AdminToken}\"}}", more: ", tls-server-name: elsewhere.example");
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, null, kubeconfig);

        await source.StaleAsync();

        source.Reason.ShouldContain("or the name elsewhere.example");
    }

    [Fact]
    public async Task Watch_NoRights_SaysWhatIsMissing()
    {
        await using KubeApiServer server = await StartAsync();
        await server.AddTokenAsync("nobody", "nobody", "nobodies");
        string kubeconfig = server.WriteKubeconfig("nobody.kubeconfig", "{token: nobody}");
        await using WatchedSource source = KubernetesAdapterTests.Watch(server, null, kubeconfig);

        // The server needs a moment to know the token.
        await Eventually.Until(() => source.Reason.Contains("answers 403", StringComparison.Ordinal), state: () => source.Reason);

        source.Reason.ShouldContain("deploy/kubernetes/rbac.yaml");
    }
}
