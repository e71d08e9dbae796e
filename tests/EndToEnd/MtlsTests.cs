using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>How sidecars of a mesh with certificates speak to each other.</summary>
[Trait("Engine", "each")]
public sealed class MtlsTests : MeshWithCertificates
{
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

        Application.Last.Headers["x-forwarded-client-cert"].ShouldContain($"URI={MeshCertificates.IdOf("web")}");
        (await web.StatAsync($"cluster.{Cluster}.ssl.handshake")).ShouldBeGreaterThan(0);
        (await callee.StatAsync("listener.inbound." + Application.Port + ".ssl.handshake")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Callee_ThatIsSomebodyElse_IsNotCalled()
    {
        await CartAsync();
        EnvoyProcess web = await WebAsync();
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");

        SetCart((await ControlPlane.ListAsync("endpoints"))[0]!["address"]!.GetValue<string>(), identity: "ledger");

        // A connection that is open stays: a proxy that comes new finds out.
        EnvoyProcess other = await SidecarAsync("web-2", Certificates.Add("web2"));
        using var second = new Caller(other.Outbound, "cart");
        await Eventually.Until(async () => (await second.TryAsync()).Status == 503 && await other.StatAsync($"cluster.{Cluster}.ssl.fail_verify_san") > 0);
    }

    [Fact]
    public async Task Rotation_UnderLoad_LosesNoRequest_AndSendsOnlyWhatChanged()
    {
        EnvoyProcess callee = await CartAsync();
        EnvoyProcess web = await WebAsync();
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(50);

        for (int i = 0; i < 5; i++)
        {
            long ofCallee = await SecretsAsync("cart-1");
            long ofCaller = await SecretsAsync("web-1");
            Certificates.Issue("web");
            string serial = await SerialInForceAsync("web");
            await Eventually.Until(async () => (await web.AdminAsync("/certs")).Contains(serial, StringComparison.OrdinalIgnoreCase), state: () => serial);
            await Eventually.Until(async () => await SecretsAsync("web-1") > ofCaller);
            (await SecretsAsync("cart-1")).ShouldBe(ofCallee);

            Certificates.Issue("cart");
            serial = await SerialInForceAsync("cart");
            await Eventually.Until(async () => (await callee.AdminAsync("/certs")).Contains(serial, StringComparison.OrdinalIgnoreCase), state: () => serial);
            await load.UntilMoreAsync(20);
        }
        using var next = new TestAuthority("the next one");
        Certificates.Write("ca.crt", Certificates.Authority.Certificate + next.Certificate);
        await load.UntilMoreAsync(100);

        (await load.StopAsync()).Failures.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("permissive", true)]
    [InlineData("strict", false)]
    public async Task Plaintext_IsTakenWhereTheMeshAllowsIt(string mode, bool isTaken)
    {
        SetMesh(mode);
        EnvoyProcess callee = await CartAsync();
        EnvoyProcess web = await WebAsync();
        using var encrypted = new Caller(web.Outbound, "cart");
        await encrypted.UntilAnsweredByAsync("cart-1");
        using var plaintext = new Caller(new Uri($"http://{callee.OutboundAddress}:{Listen}/"), "cart");

        (int status, _) = await plaintext.TryAsync();

        status.ShouldBe(isTaken ? 200 : 0);
        await encrypted.UntilAnsweredByAsync("cart-1");
    }

    [Fact]
    public async Task Headers_ThatSayWhoCalls_AreOnlyBelievedOfGateways()
    {
        EnvoyProcess callee = await CartAsync();
        (string certificate, string key) = Certificates.Authority.Issue($"spiffe://{MeshCertificates.TrustDomain}/gateway/door");
        string doorToken = Certificates.Add("door");
        Certificates.Write("door.crt", certificate);
        Certificates.Write("door.key", key);
        EnvoyProcess web = await WebAsync();
        EnvoyProcess door = await SidecarAsync("door-1", doorToken);
        using var workload = new Caller(web.Outbound, "cart");
        using var gateway = new Caller(door.Outbound, "cart");
        using var plaintext = new Caller(new Uri($"http://{callee.OutboundAddress}:{Listen}/"), "cart");
        await workload.UntilAnsweredByAsync("cart-1");
        await gateway.UntilAnsweredByAsync("cart-1");
        (string, string)[] forged = [("x-controlplane-caller", "spiffe://other.example/ns/a/sa/b"), ("x-forwarded-client-cert", "URI=spiffe://bank.example/gateway/forged")];

        await workload.CallAsync("/", forged);
        Application.Last.Headers.ShouldNotContainKey("x-controlplane-caller");
        Application.Last.Headers["x-forwarded-client-cert"].ShouldNotContain("forged");
        await plaintext.CallAsync("/", forged);
        Application.Last.Headers.ShouldNotContainKey("x-controlplane-caller");
        Application.Last.Headers.ShouldNotContainKey("x-forwarded-client-cert");
        await gateway.CallAsync("/", forged);
        Application.Last.Headers["x-controlplane-caller"].ShouldBe("spiffe://other.example/ns/a/sa/b");
        Application.Last.Headers["x-forwarded-client-cert"].ShouldContain("URI=spiffe://bank.example/gateway/door");
    }

    [Fact]
    public async Task NewIdentity_OfAnEndpoint_IsTrustedBeforeItIsCalled()
    {
        await using Backend other = await Backend.StartAsync("cart-2");
        int otherListen = Loopback.FreePort();
        EnvoyProcess first = await CartAsync();
        EnvoyProcess second = await SidecarAsync("cart-2", Certificates.Add("cart2"), "--inbound", $"{other.Port}={otherListen}:HTTP");
        EnvoyProcess web = await WebAsync();
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(50);

        for (int i = 0; i < 5; i++)
        {
            string[] both = [$"{{address: {first.OutboundAddress}, port: {Listen}, cluster: eu-a, speaks: mtls, identity: cart, workload: cart-1}}",
                $"{{address: {second.OutboundAddress}, port: {otherListen}, cluster: eu-a, speaks: mtls, identity: cart2, workload: cart-2}}"];
            SetCart(both);
            await caller.UntilAnsweredByAsync("cart-2");
            SetCart(both[..1]);
            await caller.UntilAllAnsweredByAsync("cart-1");
        }

        (await load.StopAsync()).Failures.ShouldBeEmpty();
        (await web.StatAsync($"cluster.{Cluster}.ssl.fail_verify_san")).ShouldBe(0);
    }

    [Theory]
    [InlineData("permissive")]
    [InlineData("strict")]
    public async Task TcpService_IsCalledByMutualTls(string mode)
    {
        SetMesh(mode);
        EnvoyProcess callee = await SidecarAsync("cart-1", Certificates.Add("cart"), "--inbound", $"{Application.Port}={Listen}:TCP");
        int port = Loopback.FreePort();
        Configuration.Write("cart.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec:
              ports: [{name: tcp, port: 80, protocol: tcp, loopbackPort: {{port}} }]
              endpoints:
              - {address: {{callee.OutboundAddress}}, port: {{Listen}}, cluster: eu-a, speaks: mtls, identity: cart, workload: cart-1}
            """);
        EnvoyProcess web = await WebAsync();
        using var caller = new Caller(new Uri($"http://{web.OutboundAddress}:{port}/"), "anything");

        await caller.UntilAnsweredByAsync("cart-1");

        (await callee.StatAsync("listener.inbound." + Application.Port + ".ssl.handshake")).ShouldBeGreaterThan(0);
    }
}
