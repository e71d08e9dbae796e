using System.Globalization;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>
/// Meshes with certificates on loopback addresses: a control plane, workloads behind real sidecars, and real gateways. Networks are what configuration says:
/// on loopback everything reaches everything, so that who is really called is seen at the proxies.
/// </summary>
public sealed class MeshWorld : IAsyncDisposable
{
    private readonly TemporaryFolder data = new();
    private readonly List<IAsyncDisposable> started = [];
    private readonly Dictionary<string, MeshCertificates> certificates = [];
    private readonly Dictionary<string, List<Workload>> services = [];

    public TemporaryFolder Configuration { get; } = new();

    public ControlPlaneProcess ControlPlane { get; private set; } = null!;

    /// <param name="meshes">Their names; each has its own authority, and the trust domain <c>NAME.example</c>.</param>
    /// <param name="startGrace">For how long an endpoint that was never ready does not count.</param>
    /// <param name="host">An address of this machine, where the control plane is.</param>
    /// <param name="options">What <c>controlplane run</c> is told, too.</param>
    public static async Task<MeshWorld> StartAsync(string[] meshes, string objects, string startGrace = "1s", string host = "127.0.0.1", params string[] options)
    {
        var world = new MeshWorld();
        foreach (string mesh in meshes)
        {
            world.certificates[mesh] = new MeshCertificates(mesh, $"{mesh}.example", world.certificates.Values.FirstOrDefault());
            world.Write($"mesh-{mesh}.yaml", $$"""
                apiVersion: controlplane.io/v1alpha1
                kind: Mesh
                metadata: {name: {{mesh}}}
                spec: {trustDomain: {{mesh}}.example, certificates: {files: {folder: {{mesh}}} } }
                """);
        }
        world.Write("objects.yaml", objects);
        world.ControlPlane = ControlPlaneProcess.LaunchOn(
            host, world.data.Path, ["--config", world.Configuration.Path, "--certificates", world.certificates.Values.First().Root, "--start-grace", startGrace, .. options]);
        await world.ControlPlane.WaitUntilReadyAsync();
        return world;
    }

    /// <summary>Writes beside the file and renames.</summary>
    public void Write(string name, string text)
    {
        string temporary = Configuration.Write("." + name, text);
        File.Move(temporary, Configuration.File(name), overwrite: true);
    }

    /// <summary>A certificate for a workload.</summary>
    /// <returns>The file of its token, for its proxy.</returns>
    public string Certify(string mesh, string workload) => certificates[mesh].Add(workload);

    /// <summary>So many instances of a service in a cluster, each an application, behind one real sidecar. Their names are <c>PREFIX-1</c> and on.</summary>
    public async Task<Workload[]> RunAsync(string mesh, string service, string cluster, string prefix, int count)
    {
        Backend[] applications = Keep(await Backend.StartAllAsync([.. Enumerable.Range(1, count).Select(index => $"{prefix}-{index}")]));
        int[] listens = [.. applications.Select(_ => Loopback.FreePort())];
        string token = certificates[mesh].Add($"{service}-{prefix}");
        EnvoyProcess sidecar = await SidecarAsync(
            $"{service}-{prefix}", cluster, token,
            [.. applications.Zip(listens).SelectMany(pair => (string[])["--inbound", string.Create(CultureInfo.InvariantCulture, $"{pair.First.Port}={pair.Second}:HTTP")])]);
        Workload[] workloads = [.. applications.Zip(listens, (application, listen) => new Workload(application, sidecar, cluster, listen, $"{service}-{prefix}"))];
        services.TryAdd($"{mesh}/{service}", []);
        services[$"{mesh}/{service}"].AddRange(workloads);
        return workloads;
    }

    /// <summary>Writes a service as it is now: its workloads with their health.</summary>
    public void Publish(string mesh, string service) => Write($"service-{mesh}-{service}.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Service
        metadata: {name: {{service}}, namespace: shop}
        spec:
          ports: [{name: http, port: 80}]
          endpoints:
        {{string.Join('\n', services[$"{mesh}/{service}"].Select(workload => string.Create(
            CultureInfo.InvariantCulture,
            $"  - {{address: {workload.Sidecar.OutboundAddress}, port: {workload.Listen}, cluster: {workload.Cluster}, health: {workload.Health}, speaks: {workload.Speaks}, identity: {workload.Identity}, labels: {workload.Labels}, workload: {workload.Application.Name}}}")))}}
        """);

    /// <summary>The registry says so of some of a service's workloads.</summary>
    public void SetHealth(string mesh, string service, IEnumerable<Workload> workloads, string health)
    {
        foreach (Workload workload in workloads)
        {
            workload.Health = health;
        }
        Publish(mesh, service);
    }

    /// <summary>A sidecar that only calls.</summary>
    public Task<EnvoyProcess> CallerAsync(string mesh, string name, string cluster) => SidecarAsync(name, cluster, certificates[mesh].Add(name));

    /// <summary>A gateway that passes on what it gets: it has no key, and proves nothing.</summary>
    public async Task<EnvoyProcess> PassthroughAsync(string name, string cluster) =>
        Keep(await EnvoyProcess.LaunchAsync(ControlPlane, name, "--kind", "gateway", "--gateway", name, "--cluster", cluster));

    /// <summary>An internal API gateway of a mesh, which callers of others call.</summary>
    public async Task<EnvoyProcess> InternalAsync(string name, string mesh, string cluster, params string[] callers)
    {
        foreach (string other in callers)
        {
            certificates[other].AddGateway(name);
        }
        return Keep(await EnvoyProcess.LaunchAsync(
            ControlPlane, name, "--kind", "gateway", "--gateway", name, "--cluster", cluster, "--token-file", certificates[mesh].AddGateway(name)));
    }

    public async Task<EnvoyProcess> SidecarAsync(string node, string cluster, string token, params string[] options) =>
        Keep(await EnvoyProcess.StartAsync(ControlPlane, node, ["--cluster", cluster, "--namespace", "shop", "--token-file", token, .. options]));

    /// <summary>Ends a proxy at once.</summary>
    public ValueTask KillAsync(EnvoyProcess proxy)
    {
        started.Remove(proxy);
        return proxy.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(started))
        {
            await one.DisposeAsync();
        }
        await (ControlPlane?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (MeshCertificates mesh in certificates.Values.Reverse())
        {
            mesh.Dispose();
        }
        Configuration.Dispose();
        data.Dispose();
    }

    private T Keep<T>(T disposable) where T : IAsyncDisposable
    {
        started.Add(disposable);
        return disposable;
    }

    private Backend[] Keep(Backend[] backends)
    {
        started.AddRange(backends);
        return backends;
    }
}

/// <summary>An instance of a service: an application, and the sidecar that listens for it.</summary>
public sealed record Workload(Backend Application, EnvoyProcess Sidecar, string Cluster, int Listen, string Identity)
{
    public string Health { get; set; } = "Healthy";

    public string Speaks { get; set; } = "mtls";

    public string Labels { get; set; } = "{}";
}
