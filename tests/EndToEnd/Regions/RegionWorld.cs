using System.Globalization;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Regions;

/// <summary>
/// Regions of the control plane on loopback, each a process with its own configuration and state. Each link between two of them goes through a proxy of its
/// own, so that it can be slow, silent or cut, in one direction.
/// </summary>
public sealed class RegionWorld : IAsyncDisposable
{
    private readonly TemporaryFolder files = new();
    private readonly TestAuthority authority = new("authority of all regions");
    private readonly Dictionary<string, RegionProcess> regions = [];
    private readonly Dictionary<(string From, string To), SlowProxy> links = [];

    public RegionProcess this[string region] => regions[region];

    /// <summary>All ways by which regions hear of each other.</summary>
    public IReadOnlyDictionary<(string From, string To), SlowProxy> Links => links;

    /// <summary>The way by which one region hears of another.</summary>
    public SlowProxy Link(string from, string to) => links[(from, to)];

    /// <summary>Regions that are all linked with each other. Their clusters are in one network, so that calls between them need no gateway.</summary>
    public static async Task<RegionWorld> StartAsync(params string[] names)
    {
        var world = new RegionWorld();
        foreach (string name in names)
        {
            world.regions[name] = world.Create(name, spiffe: $"spiffe://controlplane.example/region/{name}");
        }
        foreach (string from in names)
        {
            foreach (string to in names.Where(other => other != from))
            {
                world.LinkTo(from, to);
            }
        }
        await Task.WhenAll(world.regions.Values.Select(region => region.StartAsync()));
        return world;
    }

    /// <summary>A region that is not started: of a name that another one may have, too.</summary>
    /// <param name="spiffe">What its certificate says who it is.</param>
    public RegionProcess Create(string name, string spiffe, TestAuthority? by = null)
    {
        string id = $"{name}-{Guid.NewGuid():N}";
        (string certificate, string key) = (by ?? authority).Issue(spiffe);
        return new RegionProcess(name, [
            "--region", name, "--region-cert", files.Write($"{id}.crt", certificate), "--region-key", files.Write($"{id}.key", key), "--region-ca", files.Write("ca.crt", authority.Certificate)]);
    }

    /// <summary>Declares in a region's configuration how it is linked with another.</summary>
    /// <param name="exports">What the other may have: a YAML list; null: everything.</param>
    public void LinkTo(string from, string to, string? exports = null)
    {
        if (!links.TryGetValue((from, to), out SlowProxy? link))
        {
            links[(from, to)] = link = new SlowProxy(regions[to].LinkPort);
        }
        regions[from].Write($"link-{to}.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: {{to}}}
            spec: {region: {address: "https://127.0.0.1:{{link.Port}}"{{(exports is null ? "" : $", exports: {exports}")}}} }
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(regions.Values.Select(region => region.DisposeAsync().AsTask()));
        foreach (SlowProxy link in links.Values)
        {
            await link.DisposeAsync();
        }
        authority.Dispose();
        files.Dispose();
    }
}

/// <summary>One region: a control plane that has one cluster, named as the region is.</summary>
public sealed class RegionProcess : IAsyncDisposable
{
    private readonly TemporaryFolder data = new();
    private readonly TemporaryFolder configuration = new();
    private readonly string[] options;

    public RegionProcess(string name, string[] options)
    {
        (Name, this.options) = (name, options);
        Write("cluster.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: {{name}}}
            spec: {locality: {region: {{name}}, zone: {{name}}-a} }
            """);
    }

    public string Name { get; }

    /// <summary>The folder of its state.</summary>
    public string Data => data.Path;

    public int LinkPort { get; } = Loopback.FreePort();

    public ControlPlaneProcess ControlPlane { get; private set; } = null!;

    public async Task StartAsync()
    {
        Launch();
        await ControlPlane.WaitUntilReadyAsync();
    }

    /// <summary>Starts it without waiting for anything.</summary>
    public void Launch() => ControlPlane = ControlPlaneProcess.Launch(
        data.Path, ["--config", configuration.Path, "--region-address", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{LinkPort}"), .. options]);

    /// <summary>Ends it at once; all that it knew is gone.</summary>
    public async Task LoseEverythingAsync()
    {
        await ControlPlane.KillAsync();
        Directory.Delete(data.Path, recursive: true);
        Directory.CreateDirectory(data.Path);
    }

    /// <summary>Writes beside the file and renames.</summary>
    public void Write(string name, string text)
    {
        string temporary = configuration.Write("." + name, text);
        File.Move(temporary, configuration.File(name), overwrite: true);
    }

    public void Delete(string name) => File.Delete(configuration.File(name));

    /// <summary>A service in its cluster, with plaintext endpoints.</summary>
    public void Serve(string service, params int[] ports) => Serve(service, [.. ports.Select(port => ("127.0.0.1", port))]);

    public void Serve(string service, params (string Address, int Port)[] endpoints) => Write($"{service}.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Service
        metadata: {name: {{service}}, namespace: shop}
        spec:
          ports: [{name: http, port: 80}]
          endpoints: [{{string.Join(", ", endpoints.Select(endpoint => string.Create(CultureInfo.InvariantCulture, $"{{address: {endpoint.Address}, port: {endpoint.Port}, cluster: {Name}}}")))}}]
        """);

    /// <summary>The addresses of a service that it knows, in order; <c>10.0.0.1:8001 10.0.0.2:8001</c>.</summary>
    public async Task<string> EndpointsAsync(string service) => string.Join(' ', (await ControlPlane.ListAsync("endpoints"))
        .Where(endpoint => (string?)endpoint!["service"] == $"default/shop/{service}")
        .Select(endpoint => $"{endpoint!["address"]}:{endpoint["ports"]!["80"]}").Order(StringComparer.Ordinal));

    public Task UntilEndpointsAsync(string service, string expected) => Eventually.Until(
        async () => await EndpointsAsync(service) == expected, state: () => ControlPlane.Output, what: $"{Name} knows {service} as '{expected}'");

    /// <summary>What it says of another region.</summary>
    public async Task<JsonNode> LinkAsync(string region) => (await ControlPlane.ListAsync("regions")).Single(other => (string?)other!["name"] == region)!;

    public Task UntilAsync(string region, string state, string reason = "") => UntilAsync(
        async () => await LinkAsync(region) is var link && (string?)link["state"] == state && ((string?)link["reason"] ?? "").Contains(reason, StringComparison.Ordinal),
        $"{region} is {state} for {Name}: {reason}");

    /// <summary>Waits until another region has a link open to this one.</summary>
    public Task UntilLinkedAsync() => UntilAsync(async () => await ControlPlane.MetricAsync("controlplane_region_links") > 0, $"{Name} is heard");

    private Task UntilAsync(Func<Task<bool>> condition, string what) => Eventually.Until(
        async () =>
        {
            try
            {
                return await condition();
            }
            catch (Exception early) when (early is HttpRequestException or InvalidOperationException)
            {
                // It has just been started.
                return false;
            }
        },
        state: () => ControlPlane.Output, what: what);

    public async ValueTask DisposeAsync()
    {
        if (ControlPlane is not null)
        {
            await ControlPlane.DisposeAsync();
        }
        data.Dispose();
        configuration.Dispose();
    }
}
