using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>Sidecars of a mesh with certificates: who gets a key, and who is talked to.</summary>
[Trait("Engine", "each")]
public sealed class MtlsTests : IAsyncLifetime
{
    private const string Cluster = "p80.cart.shop.banking.mesh";
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private readonly MeshCertificates certificates = new();
    private readonly List<IAsyncDisposable> started = [];
    private ControlPlaneProcess controlPlane = null!;
    private Backend application = null!;
    private int listen;

    public async ValueTask InitializeAsync()
    {
        SetMesh("permissive");
        configuration.Write("clusters.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: eu-a}
            spec: {mesh: banking, locality: {region: eu, zone: a}}
            """);
        application = Keep(await Backend.StartAsync("cart-1"));
        listen = Loopback.FreePort();
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path, "--certificates", certificates.Root);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IAsyncDisposable one in Enumerable.Reverse(started))
        {
            await one.DisposeAsync();
        }
        await controlPlane.DisposeAsync();
        certificates.Dispose();
        configuration.Dispose();
        data.Dispose();
    }

    [Theory]
    [InlineData("permissive")]
    [InlineData("strict")]
    public async Task Call_BetweenSidecars_IsMutualTls_AndTheApplicationSeesWhoCalls(string mode)
    {
        SetMesh(mode);
        EnvoyProcess callee = await CartAsync();
        EnvoyProcess web = await WebAsync();
        using var caller = new Caller(web.Outbound, "cart");

        await caller.UntilAnsweredByAsync("cart-1");

        application.Last.Headers["x-forwarded-client-cert"].ShouldContain($"URI={MeshCertificates.IdOf("web")}");
        (await web.StatAsync($"cluster.{Cluster}.ssl.handshake")).ShouldBeGreaterThan(0);
        (await callee.StatAsync("listener.inbound." + application.Port + ".ssl.handshake")).ShouldBeGreaterThan(0);
    }

    private void SetMesh(string mode) => configuration.Write("mesh.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Mesh
        metadata: {name: banking}
        spec: {trustDomain: {{MeshCertificates.TrustDomain}}, mtls: {{mode}}, certificates: {files: {folder: banking} } }
        """);

    private void SetCart(string address, string identity = "cart") => configuration.Write("cart.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Service
        metadata: {name: cart, namespace: shop}
        spec:
          ports: [{name: http, port: 80}]
          endpoints:
          - {address: {{address}}, port: {{listen}}, cluster: eu-a, speaks: mtls, identity: {{identity}}, workload: cart-1}
        """);

    // The service with its sidecar.
    private async Task<EnvoyProcess> CartAsync(string identity = "cart")
    {
        EnvoyProcess sidecar = await SidecarAsync("cart-1", certificates.Add(identity), "--inbound", $"{application.Port}={listen}:HTTP");
        SetCart(sidecar.OutboundAddress);
        return sidecar;
    }

    private Task<EnvoyProcess> WebAsync() => SidecarAsync("web-1", certificates.Add("web"));

    private async Task<EnvoyProcess> SidecarAsync(string node, string? tokenFile, params string[] options) => Keep(await EnvoyProcess.StartAsync(
        controlPlane, node, ["--cluster", "eu-a", "--namespace", "shop", .. tokenFile is null ? Array.Empty<string>() : ["--token-file", tokenFile], .. options]));

    private async Task<JsonNode> ProxyAsync(string node) => await controlPlane.GetAsync($"proxies/{node}");

    private T Keep<T>(T disposable) where T : IAsyncDisposable
    {
        started.Add(disposable);
        return disposable;
    }
}
