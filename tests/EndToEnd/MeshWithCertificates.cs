using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>A mesh with certificates, in which a service has a sidecar that takes mutual TLS.</summary>
public abstract class MeshWithCertificates : IAsyncLifetime
{
    protected const string Cluster = "p80.cart.shop.banking.mesh";
    private readonly TemporaryFolder data = new();
    private readonly List<IAsyncDisposable> started = [];

    protected ConfigurationFolder Configuration { get; } = new();

    protected MeshCertificates Certificates { get; } = new();

    protected ControlPlaneProcess ControlPlane { get; private set; } = null!;

    /// <summary>The service's one workload.</summary>
    protected Backend Application { get; private set; } = null!;

    /// <summary>Where the sidecar of the service listens.</summary>
    protected int Listen { get; private set; }

    public async ValueTask InitializeAsync()
    {
        SetMesh("permissive");
        Configuration.Write("clusters.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: eu-a}
            spec: {mesh: banking, locality: {region: eu, zone: a}}
            """);
        Application = Keep(await Backend.StartAsync("cart-1"));
        Listen = Loopback.FreePort();
        ControlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", Configuration.Path, "--certificates", Certificates.Root);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(started))
        {
            await one.DisposeAsync();
        }
        await ControlPlane.DisposeAsync();
        Certificates.Dispose();
        Configuration.Dispose();
        data.Dispose();
    }

    protected void SetMesh(string mode) => Configuration.Write("mesh.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Mesh
        metadata: {name: banking}
        spec: {trustDomain: {{MeshCertificates.TrustDomain}}, mtls: {{mode}}, certificates: {files: {folder: banking} } }
        """);

    protected void SetCart(string address, string identity = "cart") => SetCart([$"{{address: {address}, port: {Listen}, cluster: eu-a, speaks: mtls, identity: {identity}, workload: cart-1}}"]);

    protected void SetCart(string[] endpoints) => Configuration.Write("cart.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Service
        metadata: {name: cart, namespace: shop}
        spec:
          ports: [{name: http, port: 80}]
          endpoints: [{{string.Join(", ", endpoints)}}]
        """);

    // The service with its sidecar.
    protected async Task<EnvoyProcess> CartAsync(string identity = "cart")
    {
        EnvoyProcess sidecar = await SidecarAsync("cart-1", Certificates.Add(identity), "--inbound", $"{Application.Port}={Listen}:HTTP");
        SetCart(sidecar.OutboundAddress);
        return sidecar;
    }

    protected Task<EnvoyProcess> WebAsync() => SidecarAsync("web-1", Certificates.Add("web"));

    protected async Task<EnvoyProcess> SidecarAsync(string node, string? tokenFile, params string[] options) => Keep(await EnvoyProcess.StartAsync(
        ControlPlane, node, ["--cluster", "eu-a", "--namespace", "shop", .. tokenFile is null ? Array.Empty<string>() : ["--token-file", tokenFile], .. options]));

    protected async Task<JsonNode> ProxyAsync(string node)
    {
        JsonNode? proxy = null;
        await Eventually.Until(async () => (proxy = (await ControlPlane.ListAsync("proxies")).FirstOrDefault(one => (string?)one!["id"] == node)) is not null, state: () => ControlPlane.Output);
        return proxy!;
    }

    protected async Task<string> ProblemsAsync() => (await ControlPlane.GetAsync("meshes/banking"))["problems"]!.ToJsonString();

    protected async Task<JsonNode?> IdentityAsync(string workload) =>
        (await ControlPlane.GetAsync("meshes/banking"))["identities"]!.AsArray().FirstOrDefault(identity => (string?)identity!["name"] == workload);

    // Once it is the one that is in the file.
    protected async Task<string> SerialInForceAsync(string workload)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(Certificates.FileOf($"{workload}.crt")));
        await Eventually.Until(async () => (string?)(await IdentityAsync(workload))?["serial"] == certificate.SerialNumber);
        return certificate.SerialNumber.TrimStart('0');
    }

    protected async Task<long> SecretsAsync(string node) =>
        (await ProxyAsync(node))["types"]!.AsArray().Single(type => (string?)type!["type"] == "Secret")!["accepted"]!.GetValue<long>();

    protected T Keep<T>(T disposable) where T : IAsyncDisposable
    {
        started.Add(disposable);
        return disposable;
    }
}
