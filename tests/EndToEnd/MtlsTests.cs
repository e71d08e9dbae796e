using System.Security.Cryptography.X509Certificates;
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

    [Fact]
    public async Task Callee_ThatIsSomebodyElse_IsNotCalled()
    {
        await CartAsync();
        EnvoyProcess web = await WebAsync();
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");

        SetCart((await controlPlane.ListAsync("endpoints"))[0]!["address"]!.GetValue<string>(), identity: "ledger");

        // A connection that is open stays: a proxy that comes new finds out.
        EnvoyProcess other = await SidecarAsync("web-2", certificates.Add("web2"));
        using var second = new Caller(other.Outbound, "cart");
        await Eventually.Until(async () => (await second.TryAsync()).Status == 503 && await other.StatAsync($"cluster.{Cluster}.ssl.fail_verify_san") > 0);
    }

    [Fact]
    public async Task Stream_WithoutProof_GetsNoKey_AndItsPlaintextCallsGoOn()
    {
        await CartAsync();
        await using Backend plain = await Backend.StartAsync("pay-1");
        configuration.Service("pay", [(plain, "eu-a", "Healthy")]);
        EnvoyProcess nobody = await SidecarAsync("nobody-1", tokenFile: null);
        using var pay = new Caller(nobody.Outbound, "pay");
        using var cart = new Caller(nobody.Outbound, "cart");

        await pay.UntilAnsweredByAsync("pay-1");

        JsonNode proxy = await ProxyAsync("nobody-1");
        proxy["identity"].ShouldBeNull();
        proxy["identityProblem"]!.GetValue<string>().ShouldContain("shows no credentials of mesh banking");
        (await nobody.AdminAsync("/config_dump?resource=dynamic_active_secrets")).ShouldNotContain("identity");
        await cart.UntilAnsweredByAsync("cart-1");
        application.Last.Headers.ShouldNotContainKey("x-forwarded-client-cert");

        SetMesh("strict");
        await Eventually.Until(async () => (await cart.TryAsync()).Status == 503);
        JsonNode explanation = await controlPlane.GetAsync("explain?from=nobody-1&to=shop/cart");
        explanation["notUsed"]!.ToJsonString().ShouldContain("mesh banking is strict, and the caller has no certificate of it");
    }

    [Fact]
    public async Task Stream_WithATokenThatBecomesKnownLater_GetsItsKeyWithoutARestart()
    {
        await CartAsync();
        string token = certificates.Add("web");
        string known = File.ReadAllText(certificates.FileOf("web.token"));
        certificates.Delete("web.token");
        await Eventually.Until(async () => (await IdentityAsync("web"))?["hasToken"]?.GetValue<bool>() is false);
        EnvoyProcess web = await SidecarAsync("web-1", token);
        (await ProxyAsync("web-1"))["identityProblem"]!.GetValue<string>().ShouldContain("nobody's in mesh banking", customMessage: controlPlane.Output);

        certificates.Write("web.token", known);

        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");
        (await ProxyAsync("web-1"))["identity"]!.GetValue<string>().ShouldBe(MeshCertificates.IdOf("web"));
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
            certificates.Issue("web");
            string serial = await SerialInForceAsync("web");
            await Eventually.Until(async () => (await web.AdminAsync("/certs")).Contains(serial, StringComparison.OrdinalIgnoreCase), state: () => serial);
            await Eventually.Until(async () => await SecretsAsync("web-1") > ofCaller);
            (await SecretsAsync("cart-1")).ShouldBe(ofCallee);

            certificates.Issue("cart");
            serial = await SerialInForceAsync("cart");
            await Eventually.Until(async () => (await callee.AdminAsync("/certs")).Contains(serial, StringComparison.OrdinalIgnoreCase), state: () => serial);
            await load.UntilMoreAsync(20);
        }
        using var next = new TestAuthority("the next one");
        certificates.Write("ca.crt", certificates.Authority.Certificate + next.Certificate);
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
        using var plaintext = new Caller(new Uri($"http://{callee.OutboundAddress}:{listen}/"), "cart");

        (int status, _) = await plaintext.TryAsync();

        status.ShouldBe(isTaken ? 200 : 0);
        await encrypted.UntilAnsweredByAsync("cart-1");
    }

    [Fact]
    public async Task Headers_ThatSayWhoCalls_AreOnlyBelievedOfGateways()
    {
        EnvoyProcess callee = await CartAsync();
        (string certificate, string key) = certificates.Authority.Issue($"spiffe://{MeshCertificates.TrustDomain}/gateway/door");
        string doorToken = certificates.Add("door");
        certificates.Write("door.crt", certificate);
        certificates.Write("door.key", key);
        EnvoyProcess web = await WebAsync();
        EnvoyProcess door = await SidecarAsync("door-1", doorToken);
        using var workload = new Caller(web.Outbound, "cart");
        using var gateway = new Caller(door.Outbound, "cart");
        using var plaintext = new Caller(new Uri($"http://{callee.OutboundAddress}:{listen}/"), "cart");
        await workload.UntilAnsweredByAsync("cart-1");
        await gateway.UntilAnsweredByAsync("cart-1");
        (string, string)[] forged = [("x-controlplane-caller", "spiffe://other.example/ns/a/sa/b"), ("x-forwarded-client-cert", "URI=spiffe://bank.example/gateway/forged")];

        await workload.CallAsync("/", forged);
        application.Last.Headers.ShouldNotContainKey("x-controlplane-caller");
        application.Last.Headers["x-forwarded-client-cert"].ShouldNotContain("forged");
        await plaintext.CallAsync("/", forged);
        application.Last.Headers.ShouldNotContainKey("x-controlplane-caller");
        application.Last.Headers.ShouldNotContainKey("x-forwarded-client-cert");
        await gateway.CallAsync("/", forged);
        application.Last.Headers["x-controlplane-caller"].ShouldBe("spiffe://other.example/ns/a/sa/b");
        application.Last.Headers["x-forwarded-client-cert"].ShouldContain("URI=spiffe://bank.example/gateway/door");
    }

    [Fact]
    public async Task Token_OfAnotherWorkload_GivesThatIdentityAlone()
    {
        await CartAsync();
        certificates.Add("web");
        EnvoyProcess web = await SidecarAsync("web-1", certificates.Add("intern"));
        using var caller = new Caller(web.Outbound, "cart");

        await caller.UntilAnsweredByAsync("cart-1");

        application.Last.Headers["x-forwarded-client-cert"].ShouldContain($"URI={MeshCertificates.IdOf("intern")}");
        (await ProxyAsync("web-1"))["identity"]!.GetValue<string>().ShouldBe(MeshCertificates.IdOf("intern"));
    }

    [Fact]
    public async Task Token_ThatIsRevoked_GivesNoKeyToTheNextStream()
    {
        await CartAsync();
        string token = certificates.Add("web");
        string[] options = ["--cluster", "eu-a", "--namespace", "shop", "--token-file", token];
        await using (EnvoyProcess web = await EnvoyProcess.StartAsync(controlPlane, "web-1", options))
        {
            using var caller = new Caller(web.Outbound, "cart");
            await caller.UntilAnsweredByAsync("cart-1");

            certificates.Delete("web.token");

            await Eventually.Until(async () => (await IdentityAsync("web"))?["hasToken"]?.GetValue<bool>() is false);
            (await caller.CallAsync()).Status.ShouldBe(200);
        }
        EnvoyProcess again = await SidecarAsync("web-1", token);
        await Eventually.Until(async () => (string?)(await ProxyAsync("web-1"))["identityProblem"] is { } problem && problem.Contains("nobody's", StringComparison.Ordinal));
        (await again.AdminAsync("/config_dump?resource=dynamic_active_secrets")).ShouldNotContain("identity");
    }

    [Fact]
    public async Task Garbage_InTheFolder_KeepsWhatWasGood_AndIsShown()
    {
        await CartAsync();
        string token = certificates.Add("web");
        EnvoyProcess web = await SidecarAsync("web-1", token);
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");

        certificates.Write("web.key", certificates.Authority.Issue(MeshCertificates.IdOf("web")).Key);
        certificates.Write("ca.crt", "nonsense");

        await Eventually.Until(async () => (await ProblemsAsync()) is var text && text.Contains("web.key", StringComparison.Ordinal) && text.Contains("ca.crt", StringComparison.Ordinal));
        (await caller.CallAsync()).Status.ShouldBe(200);
        EnvoyProcess another = await SidecarAsync("web-2", token);
        using var second = new Caller(another.Outbound, "cart");
        await second.UntilAnsweredByAsync("cart-1");

        certificates.Write("ca.crt", certificates.Authority.Certificate);
        certificates.Issue("web");
        await Eventually.Until(async () => (await ProblemsAsync()) == "[]", state: () => controlPlane.Output);
        controlPlane.Output.ShouldNotContain("PRIVATE KEY");
        controlPlane.Output.ShouldNotContain("token-of-");
        (await controlPlane.GetAsync("meshes")).ToJsonString().ShouldNotContain("token-of-");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restart_OfTheControlPlane_TakesNoKeyAway_EvenWithoutItsFiles(bool isDelta)
    {
        await CartAsync();
        EnvoyProcess web = await SidecarAsync("web-1", certificates.Add("web"), isDelta ? [] : ["--sotw"]);
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(50);

        await controlPlane.KillAsync();
        certificates.Delete("ca.crt");
        await controlPlane.RestartAsync();
        await Eventually.Until(async () => (await ProblemsAsync()).Contains("ca.crt", StringComparison.Ordinal));
        await load.UntilMoreAsync(200);
        (await web.StatAsync("control_plane.connected_state")).ShouldBe(0);

        certificates.Write("ca.crt", certificates.Authority.Certificate);
        (await ProxyAsync("web-1"))["identity"]!.GetValue<string>().ShouldBe(MeshCertificates.IdOf("web"));
        await load.UntilMoreAsync(50);
        (await load.StopAsync()).Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task NewIdentity_OfAnEndpoint_IsTrustedBeforeItIsCalled()
    {
        await using Backend other = await Backend.StartAsync("cart-2");
        int otherListen = Loopback.FreePort();
        EnvoyProcess first = await CartAsync();
        EnvoyProcess second = await SidecarAsync("cart-2", certificates.Add("cart2"), "--inbound", $"{other.Port}={otherListen}:HTTP");
        EnvoyProcess web = await WebAsync();
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(50);

        for (int i = 0; i < 5; i++)
        {
            string[] both = [$"{{address: {first.OutboundAddress}, port: {listen}, cluster: eu-a, speaks: mtls, identity: cart, workload: cart-1}}",
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
        EnvoyProcess callee = await SidecarAsync("cart-1", certificates.Add("cart"), "--inbound", $"{application.Port}={listen}:TCP");
        int port = Loopback.FreePort();
        configuration.Write("cart.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Service
            metadata: {name: cart, namespace: shop}
            spec:
              ports: [{name: tcp, port: 80, protocol: tcp, loopbackPort: {{port}} }]
              endpoints:
              - {address: {{callee.OutboundAddress}}, port: {{listen}}, cluster: eu-a, speaks: mtls, identity: cart, workload: cart-1}
            """);
        EnvoyProcess web = await WebAsync();
        using var caller = new Caller(new Uri($"http://{web.OutboundAddress}:{port}/"), "anything");

        await caller.UntilAnsweredByAsync("cart-1");

        (await callee.StatAsync("listener.inbound." + application.Port + ".ssl.handshake")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task ClientCertificate_OfTheMesh_ProvesIt_AndOneOfAnotherDoesNot()
    {
        using var server = new TestAuthority("control plane");
        using var other = new TestAuthority("another");
        using var files = new TemporaryFolder();
        string WriteFile(string name, string text) => files.Write(name, text);
        (string certificate, string key) = server.IssueFor(System.Net.IPAddress.Loopback);
        await using ControlPlaneProcess secured = ControlPlaneProcess.Launch(
            files.File("data"), "--config", configuration.Path, "--certificates", certificates.Root,
            "--tls-cert", WriteFile("server.crt", certificate), "--tls-key", WriteFile("server.key", key));
        certificates.Add("web");
        (string Certificate, string Key) right = certificates.Authority.Issue(MeshCertificates.IdOf("web"));
        (string Certificate, string Key) wrong = other.Issue(MeshCertificates.IdOf("web"));

        await using EnvoyProcess web = await LaunchAsync("right", right);
        await using EnvoyProcess nobody = await LaunchAsync("wrong", wrong);

        await Eventually.Until(async () => await web.StatAsync("listener_manager.lds.update_success") > 0, state: () => web.Log + secured.Output);
        await Eventually.Until(async () => await nobody.StatAsync("listener_manager.lds.update_success") > 0);
        secured.Output.ShouldNotContain("PRIVATE KEY");
        (await IdentityOverTlsAsync("right")).ShouldBe((MeshCertificates.IdOf("web"), null));
        (string? identity, string? problem) = await IdentityOverTlsAsync("wrong");
        identity.ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("its client certificate is not one of mesh banking");

        Task<EnvoyProcess> LaunchAsync(string node, (string Certificate, string Key) own) => EnvoyProcess.LaunchAsync(
            secured, node, "--cluster", "eu-a", "--namespace", "shop", "--xds-ca", WriteFile("server-ca.crt", server.Certificate),
            "--client-certificate", WriteFile($"{node}.crt", own.Certificate), "--client-key", WriteFile($"{node}.key", own.Key));

        async Task<(string? Identity, string? Problem)> IdentityOverTlsAsync(string node)
        {
            using var http = new HttpClient(new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator });
            JsonNode proxy = JsonNode.Parse(await http.GetStringAsync(new Uri($"https://{secured.Rest.Authority}/v1/proxies/{node}")))!;
            return ((string?)proxy["identity"], (string?)proxy["identityProblem"]);
        }
    }

    private void SetMesh(string mode) => configuration.Write("mesh.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Mesh
        metadata: {name: banking}
        spec: {trustDomain: {{MeshCertificates.TrustDomain}}, mtls: {{mode}}, certificates: {files: {folder: banking} } }
        """);

    private void SetCart(string address, string identity = "cart") => SetCart([$"{{address: {address}, port: {listen}, cluster: eu-a, speaks: mtls, identity: {identity}, workload: cart-1}}"]);

    private void SetCart(string[] endpoints) => configuration.Write("cart.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Service
        metadata: {name: cart, namespace: shop}
        spec:
          ports: [{name: http, port: 80}]
          endpoints: [{{string.Join(", ", endpoints)}}]
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

    private async Task<JsonNode> ProxyAsync(string node)
    {
        JsonNode? proxy = null;
        await Eventually.Until(async () => (proxy = (await controlPlane.ListAsync("proxies")).FirstOrDefault(one => (string?)one!["id"] == node)) is not null, state: () => controlPlane.Output);
        return proxy!;
    }

    private async Task<string> ProblemsAsync() => (await controlPlane.GetAsync("meshes/banking"))["problems"]!.ToJsonString();

    private async Task<JsonNode?> IdentityAsync(string workload) =>
        (await controlPlane.GetAsync("meshes/banking"))["identities"]!.AsArray().FirstOrDefault(identity => (string?)identity!["name"] == workload);

    // Once it is the one that is in the file.
    private async Task<string> SerialInForceAsync(string workload)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(certificates.FileOf($"{workload}.crt")));
        await Eventually.Until(async () => (string?)(await IdentityAsync(workload))?["serial"] == certificate.SerialNumber);
        return certificate.SerialNumber.TrimStart('0');
    }

    private async Task<long> SecretsAsync(string node) =>
        (await ProxyAsync(node))["types"]!.AsArray().Single(type => (string?)type!["type"] == "Secret")!["accepted"]!.GetValue<long>();

    private T Keep<T>(T disposable) where T : IAsyncDisposable
    {
        started.Add(disposable);
        return disposable;
    }
}
