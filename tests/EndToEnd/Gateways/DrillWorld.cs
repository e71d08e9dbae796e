using System.Globalization;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>
/// A mesh whose machines are network namespaces. Zones a and b of region eu are in one network; region us is in another, between them no way but two gateways,
/// which have a leg in both. The client and the control plane are in the namespace of the tests.
/// </summary>
public sealed class DrillWorld : IAsyncDisposable
{
    private const string Near = "net1";
    private const string Far = "net2";
    private readonly TemporaryFolder tokens = new();
    private readonly List<IAsyncDisposable> started = [];
    private NetworkNamespaces? networks;
    private MeshWorld mesh = null!;
    private ChildProcess prober = null!;
    private Task? starting;

    public ControlPlaneProcess ControlPlane => mesh.ControlPlane;

    /// <summary>The caller's sidecar, in zone a.</summary>
    public EnvoyProcess Web { get; private set; } = null!;

    public Caller Caller { get; private set; } = null!;

    public Pod[] A { get; private set; } = [];

    public Pod[] B { get; private set; } = [];

    public Pod[] C { get; private set; } = [];

    /// <summary>The first is the nearer one.</summary>
    public DrillGateway[] Gateways { get; private set; } = [];

    public string ProberOutput => prober.Output;

    /// <summary>Starts it, or brings back what an earlier drill has left dead.</summary>
    public async Task BeginAsync()
    {
        bool isNew = starting is null;
        await (starting ??= StartAsync());
        if (!isNew)
        {
            if (ControlPlane.HasExited)
            {
                await ControlPlane.RestartAsync();
            }
            await BringBackAsync([.. A, .. B, .. C]);
            await Task.WhenAll(Gateways.Select(gateway => gateway.BringBackAsync()));
        }
        Set([.. A, .. B, .. C], "Healthy");
        await Caller.UntilAllAnsweredByAsync("a");
    }

    public static Task BringBackAsync(IEnumerable<Pod> pods) => Task.WhenAll(pods.Select(pod => pod.BringBackAsync()));

    /// <summary>The registry says so of some.</summary>
    public void Set(IEnumerable<Pod> pods, string health)
    {
        foreach (Pod pod in pods)
        {
            pod.Health = health;
        }
        mesh.Write("service.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec:
              ports: [{name: http, port: 80}]
              endpoints:
            {{string.Join('\n', A.Concat(B).Concat(C).Select(pod => string.Create(
                CultureInfo.InvariantCulture,
                $"  - {{address: {pod.Address}, port: {Pod.Port}, cluster: {pod.Cluster}, health: {pod.Health}, speaks: mtls, identity: cart, workload: {pod.Name}}}")))}}
            """);
    }

    public async ValueTask DisposeAsync()
    {
        Caller?.Dispose();
        try
        {
            foreach (IAsyncDisposable one in Enumerable.Reverse(started))
            {
                await one.DisposeAsync();
            }
        }
        finally
        {
            // They would outlive this process.
            await (networks?.DisposeAsync() ?? default);
            tokens.Dispose();
        }
    }

    private async Task StartAsync()
    {
        _ = Peer.Envoy;
        networks = await NetworkNamespaces.CreateAsync(Near, Far);
        string token = tokens.Write("prober", "token-of-the-prober");
        mesh = Keep(await MeshWorld.StartAsync(["banking"], Objects, "1s", networks.Host, "--insecure", "--registration-tokens", token));

        NetworkNamespace web = await networks.AddAsync("web", Near);
        NetworkNamespace[] first = [await networks.AddAsync("a-1", Near), await networks.AddAsync("a-2", Near)];
        NetworkNamespace second = await networks.AddAsync("b-1", Near);
        NetworkNamespace far = await networks.AddAsync("c-1", Far);
        NetworkNamespace[] between = [await networks.AddAsync("g1", Far, Near), await networks.AddAsync("g2", Far, Near)];
        NetworkNamespace probing = await networks.AddAsync("prober", Near);
        mesh.Write("gateways.yaml", $"{Gateway("g1", "c", between[0])}\n---\n{Gateway("g2", "d", between[1])}");

        string identity = mesh.Certify("banking", "cart");
        string caller = mesh.Certify("banking", "web");
        Task<DrillGateway[]> gateways = Task.WhenAll(
            DrillGateway.StartAsync(ControlPlane, "g1", "us", between[0], Near), DrillGateway.StartAsync(ControlPlane, "g2", "us", between[1], Near));
        Task<Pod[]> pods = Task.WhenAll(
            Pod.StartAsync(ControlPlane, "a-1", "eu-a", first[0], Near, identity),
            Pod.StartAsync(ControlPlane, "a-2", "eu-a", first[1], Near, identity),
            Pod.StartAsync(ControlPlane, "b-1", "eu-b", second, Near, identity),
            Pod.StartAsync(ControlPlane, "c-1", "us", far, Far, identity));
        Web = Keep(await EnvoyProcess.StartAsync(ControlPlane, "web", web, "--cluster", "eu-a", "--namespace", "shop", "--token-file", caller));
        Gateways = await gateways;
        Pod[] all = await pods;
        started.AddRange([.. Gateways, .. all]);
        (A, B, C) = (all[..2], all[2..3], all[3..]);

        prober = Keep(probing.Start(ControlPlaneProcess.Program, [
            "agent", "--probe", "--network", Near, "--name", "prober", "--interval", "300ms", "--timeout", "300ms", "--server", ControlPlane.Rest.ToString(), "--token-file", token]));
        await Eventually.Until(async () => (await ControlPlane.GetAsync("probes")).ToJsonString().Contains("prober", StringComparison.Ordinal), state: () => prober.Output);
        Caller = new Caller(Web.Outbound, "cart", connections: 1000);
    }

    private T Keep<T>(T disposable) where T : IAsyncDisposable
    {
        started.Add(disposable);
        return disposable;
    }

    private const string Objects = """
        apiVersion: controlplane.io/v1alpha1
        kind: Network
        metadata: {name: net1}
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Network
        metadata: {name: net2}
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: eu-a}
        spec: {mesh: banking, network: net1, locality: {region: eu, zone: a} }
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: eu-b}
        spec: {mesh: banking, network: net1, locality: {region: eu, zone: b} }
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: us}
        spec: {mesh: banking, network: net2, locality: {region: us, zone: c} }
        """;

    private static string Gateway(string name, string zone, NetworkNamespace machine) => $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: RegionGateway
        metadata: {name: {{name}} }
        spec: {kind: east-west, mesh: banking, network: net2, locality: {region: us, zone: {{zone}} }, port: {{DrillGateway.Port}}, addresses: [{host: {{machine.AddressIn(Near)}}, port: {{DrillGateway.Port}}, from: [net1]}]}
        """;
}
