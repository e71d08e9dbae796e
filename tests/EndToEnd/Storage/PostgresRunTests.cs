using System.Net;
using System.Text;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Storage;

/// <summary>The product with its state in a real PostgreSQL database, which goes away and comes back.</summary>
[Trait("Engine", "each")]
public sealed class PostgresRunTests : IAsyncLifetime
{
    private const string EnvoyCluster = "p80.cart.shop.default.mesh";
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private PostgresServer postgres = null!;
    private Backend[] backends = [];

    public async ValueTask InitializeAsync()
    {
        postgres = await PostgresServer.StartAsync();
        backends = await Backend.StartAllAsync("a-0", "a-1");
        Cart(backends[0]);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(backends.Select(backend => backend.DisposeAsync().AsTask()));
        if (postgres is not null)
        {
            await postgres.DisposeAsync();
        }
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Start_WhileTheDatabaseIsAway_ServesWhatWasKnown_AndGoesOnWhenItIsBack()
    {
        await using ControlPlaneProcess controlPlane = await ControlPlaneProcess.StartAsync(data.File("one"), Options());
        await WrittenAsync(controlPlane);
        (await controlPlane.StopAsync()).ShouldBe(0, controlPlane.Output);
        Directory.GetFiles(data.File("one")).Select(Path.GetFileName).ShouldBe(["catalog.db", "lock"], ignoreOrder: true);
        await postgres.StopAsync();
        Cart(backends[1]);

        await controlPlane.RestartAsync();

        (await controlPlane.ReadinessAsync()).ShouldStartWith($"ok\nPostgreSQL at 127.0.0.1:{postgres.Port}, database postgres: ");
        (await controlPlane.GetAsync("silos"))["problem"]!.GetValue<string>().ShouldContain("cannot be reached");
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop");
        await UntilAsync(controlPlane, sidecar, backends[0]);
        (await RegisterAsync(controlPlane)).ShouldBe(HttpStatusCode.ServiceUnavailable);

        await postgres.StartAgainAsync();

        await UntilAsync(controlPlane, sidecar, backends[1]);
        (await controlPlane.ReadinessAsync()).ShouldBe("ok\n");
        (await RegisterAsync(controlPlane)).ShouldBe(HttpStatusCode.Created);
        controlPlane.Output.Split("nothing new is stored").Length.ShouldBe(2, controlPlane.Output);
        controlPlane.Output.ShouldNotContain(PostgresServer.Password);
    }

    [Fact]
    public async Task Database_ThatGoesAwayUnderARunningProcess_IsMissedAndFoundAgain()
    {
        await using ControlPlaneProcess controlPlane = await ControlPlaneProcess.StartAsync(data.File("one"), Options());
        (await RegisterAsync(controlPlane)).ShouldBe(HttpStatusCode.Created);

        await postgres.StopAsync();
        await Eventually.Until(async () => (await controlPlane.ReadinessAsync()).StartsWith("ok\nPostgreSQL", StringComparison.Ordinal), state: () => controlPlane.Output);
        (await RegisterAsync(controlPlane, weight: 7)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        await postgres.StartAgainAsync();
        await Eventually.Until(async () => await controlPlane.ReadinessAsync() == "ok\n", state: () => controlPlane.Output);

        await Eventually.Until(async () => await RegisterAsync(controlPlane, weight: 7) == HttpStatusCode.OK, state: () => controlPlane.Output);
        (await controlPlane.ListAsync("registrations")).Count.ShouldBe(1);
    }

#if !ORLEANS
    [Fact]
    public async Task SecondProcess_OfTheRegion_IsRefused_AndOneOfAnotherRegionIsNot()
    {
        await using ControlPlaneProcess first = await ControlPlaneProcess.StartAsync(data.File("one"), Options());

        await using ControlPlaneProcess second = ControlPlaneProcess.Launch(data.File("two"), Options());
        (await second.EndAsync()).ShouldBe(1, second.Output);
        second.Output.ShouldContain($"region 'local' in PostgreSQL at 127.0.0.1:{postgres.Port}, database postgres is in use by another control plane");
        await using ControlPlaneProcess other = await ControlPlaneProcess.StartAsync(data.File("three"), [.. Options(), "--region", "other"]);

        // Who is killed leaves it to the next.
        await first.KillAsync();
        await using ControlPlaneProcess third = await ControlPlaneProcess.StartAsync(data.File("one"), Options());
        (await third.ListAsync("services")).Count.ShouldBe(1);
    }
#endif

    [Theory]
    [InlineData("--silo-address needs", "--silo-address", "127.0.0.1:11111")]
    [InlineData("can be reached by others", "--postgres", "Host=127.0.0.1", "--silo-address", "10.0.0.5:11111")]
    [InlineData("is expected", "--postgres", "Host=127.0.0.1", "--silo-address", "0.0.0.0:11111")]
    [InlineData("wants a certificate", "--postgres", "Host=127.0.0.1", "--silo-ca", "/dev/null")]
    [InlineData("neither a connection string", "--postgres", "never-to-be-seen")]
    [InlineData("neither a connection string", "--postgres", "Host=a;Port=never-to-be-seen")]
    [InlineData("it names no host", "--postgres", "Password=never-to-be-seen")]
    [InlineData("its parameter 'nosuch' is not known", "--postgres", "postgresql://me:never-to-be-seen@db/x?nosuch=1")]
    [InlineData("a DNS label", "--region", "No_Such")]
    public async Task Run_WithOptionsThatDoNotFit_SaysWhyAndNoSecret(string expected, params string[] options)
    {
        await using ChildProcess run = await ChildProcess.RunAsync(ControlPlaneProcess.Program, ["run", "--data", data.File("none"), .. options]);

        run.ExitCode.ShouldBe(1, run.Output);
        run.Output.ShouldContain(expected.Replace(" needs", "", StringComparison.Ordinal));
        run.Output.ShouldNotContain("never-to-be-seen");
    }

    private string[] Options() => ["--config", configuration.Path, "--postgres", postgres.ConnectionString];

    private void Cart(Backend healthy) => configuration.Service("cart", [(healthy, "eu-a", "Healthy")]);

    private static async Task<HttpStatusCode> RegisterAsync(ControlPlaneProcess controlPlane, int weight = 1)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/v1/registrations/vm-1", UriKind.Relative))
        {
            Content = new StringContent(
                $$"""{"service": "vm", "namespace": "shop", "cluster": "eu-a", "address": "10.0.0.9", "weight": {{weight}}, "ports": [{"port": 8080, "servicePort": 80}] }""", Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage response = await controlPlane.SendAsync(request);
        return response.StatusCode;
    }

    private static Task UntilAsync(ControlPlaneProcess controlPlane, EnvoyProcess sidecar, Backend backend) => Eventually.Until(
        async () => (await sidecar.HostsAsync(EnvoyCluster)).Keys.SequenceEqual([backend.EndPoint.ToString()]), state: () => controlPlane.Output);

    private static async Task WrittenAsync(ControlPlaneProcess controlPlane)
    {
        await Eventually.Until(async () => (await controlPlane.ListAsync("services")).Count == 1);
        await Eventually.Until(async () => await controlPlane.MetricAsync("controlplane_catalog_unwritten") == 0);
    }
}
