using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Silos;

/// <summary>Three processes of one region on one database, with one folder of configuration; each test leaves them as it found them.</summary>
public sealed class ThreeSilos : IAsyncLifetime
{
    /// <summary>
    /// A silo that is lost is declared dead after some seconds, its leases are taken after some more, and calls that were on their way to it end with their own time-outs.
    /// </summary>
    public static readonly TimeSpan Recovery = TimeSpan.FromMinutes(1);

    private readonly TemporaryFolder data = new();
    private readonly List<ControlPlaneProcess> silos = [];

    public PostgresServer Postgres { get; private set; } = null!;

    public ConfigurationFolder Configuration { get; } = new();

    public KubeApiServer Kubernetes { get; private set; } = null!;

    public IReadOnlyList<ControlPlaneProcess> Silos => silos;

    /// <summary>What they have printed, for the message of a test that fails.</summary>
    public string Output => string.Join("\n\n", silos.Select(silo => silo.Output));

    public async ValueTask InitializeAsync()
    {
        Postgres = await PostgresServer.StartAsync();
        Kubernetes = await KubeApiServer.StartAsync();
        Configuration.Write("kubernetes.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: east}
            spec: {platform: kubernetes, locality: {region: eu}}
            """);
        // All at once: they make the tables together.
        silos.AddRange(Enumerable.Range(0, 3).Select(i => ControlPlaneProcess.Launch(
            data.File(string.Create(CultureInfo.InvariantCulture, $"silo-{i}")), "--config", Configuration.Path, "--kubernetes", $"east={Kubernetes.Kubeconfig}", "--postgres", Postgres.ConnectionString,
            "--region", "test", "--silo-address", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Loopback.FreePort()}"))));
        await UntilWholeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(silos.Select(silo => silo.DisposeAsync().AsTask()));
        if (Kubernetes is not null)
        {
            await Kubernetes.DisposeAsync();
        }
        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }
        Configuration.Dispose();
        data.Dispose();
    }

    /// <summary>Waits until all are ready, and know each other.</summary>
    public async Task UntilWholeAsync()
    {
        await Task.WhenAll(silos.Select(silo => silo.WaitUntilReadyAsync()));
        foreach (ControlPlaneProcess silo in silos)
        {
            await Eventually.Until(async () => (await MembersAsync(silo)).Length == 3, within: Recovery, state: () => Output);
        }
    }

    /// <summary>Starts those again that a test has left behind ended.</summary>
    public async Task MendAsync()
    {
        foreach (ControlPlaneProcess silo in silos.Where(silo => silo.HasExited))
        {
            await silo.RestartAsync();
        }
        await UntilWholeAsync();
    }

    /// <summary>The silos that one knows.</summary>
    public static async Task<string[]> MembersAsync(ControlPlaneProcess silo) => [.. (await silo.GetAsync("silos"))["silos"]!.AsArray().Select(member => member!.GetValue<string>())];

    /// <summary>How the leases' holders call a silo.</summary>
    public static async Task<string> NameAsync(ControlPlaneProcess silo) => (await silo.GetAsync("silos"))["silo"]!.GetValue<string>();

    /// <summary>Each source's holder, as a silo sees it.</summary>
    public static async Task<SortedDictionary<string, string>> HoldersAsync(ControlPlaneProcess silo) => new(
        (await silo.ListAsync("sources")).ToDictionary(source => source!["name"]!.GetValue<string>(), source => $"{source!["state"]} at {source["holder"]}"), StringComparer.Ordinal);

    /// <summary>Registers a workload of the service <c>vm</c> with one of them.</summary>
    public static async Task RegisterAsync(ControlPlaneProcess silo, string id, Backend backend)
    {
        var body = new JsonObject
        {
            ["service"] = "vm", ["namespace"] = "shop", ["cluster"] = "eu-a", ["address"] = backend.Address, ["ports"] = new JsonArray(new JsonObject { ["port"] = backend.Port, ["servicePort"] = 80 }),
        };
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/v1/registrations/{id}", UriKind.Relative))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage response = await silo.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    /// <summary>A sidecar at each silo, of workloads that are alike.</summary>
    public async Task<EnvoyProcess[]> SidecarsAsync() =>
        await Task.WhenAll(silos.Select((silo, i) => EnvoyProcess.StartAsync(silo, string.Create(CultureInfo.InvariantCulture, $"web-{i}"), "--cluster", "eu-a", "--namespace", "shop")));
}
