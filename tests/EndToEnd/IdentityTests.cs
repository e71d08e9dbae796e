using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>Who proves what to the control plane, and gets which key.</summary>
[Trait("Engine", "each")]
public sealed class IdentityTests : MeshWithCertificates
{
    [Fact]
    public async Task Stream_WithoutProof_GetsNoKey_AndItsPlaintextCallsGoOn()
    {
        await CartAsync();
        await using Backend plain = await Backend.StartAsync("pay-1");
        Configuration.Service("pay", [(plain, "eu-a", "Healthy")]);
        EnvoyProcess nobody = await SidecarAsync("nobody-1", tokenFile: null);
        using var pay = new Caller(nobody.Outbound, "pay");
        using var cart = new Caller(nobody.Outbound, "cart");

        await pay.UntilAnsweredByAsync("pay-1");

        JsonNode proxy = await ProxyAsync("nobody-1");
        proxy["identity"].ShouldBeNull();
        proxy["identityProblem"]!.GetValue<string>().ShouldContain("shows no credentials of mesh banking");
        (await nobody.AdminAsync("/config_dump?resource=dynamic_active_secrets")).ShouldNotContain("identity");
        await cart.UntilAnsweredByAsync("cart-1");
        Application.Last.Headers.ShouldNotContainKey("x-forwarded-client-cert");

        SetMesh("strict");
        await Eventually.Until(async () => (await cart.TryAsync()).Status == 503);
        JsonNode explanation = await ControlPlane.GetAsync("explain?from=nobody-1&to=shop/cart");
        explanation["notUsed"]!.ToJsonString().ShouldContain("mesh banking is strict, and the caller has no certificate of it");
    }

    [Fact]
    public async Task Stream_WithATokenThatBecomesKnownLater_GetsItsKeyWithoutARestart()
    {
        await CartAsync();
        string token = Certificates.Add("web");
        string known = File.ReadAllText(Certificates.FileOf("web.token"));
        Certificates.Delete("web.token");
        await Eventually.Until(async () => (await IdentityAsync("web"))?["hasToken"]?.GetValue<bool>() is false);
        EnvoyProcess web = await SidecarAsync("web-1", token);
        await Eventually.Until(
            async () => (string?)(await ProxyAsync("web-1"))["identityProblem"] is { } problem && problem.Contains("nobody's in mesh banking", StringComparison.Ordinal),
            state: () => ControlPlane.Output);

        Certificates.Write("web.token", known);

        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");
        (await ProxyAsync("web-1"))["identity"]!.GetValue<string>().ShouldBe(MeshCertificates.IdOf("web"));
    }

    [Fact]
    public async Task Token_OfAnotherWorkload_GivesThatIdentityAlone()
    {
        await CartAsync();
        Certificates.Add("web");
        EnvoyProcess web = await SidecarAsync("web-1", Certificates.Add("intern"));
        using var caller = new Caller(web.Outbound, "cart");

        await caller.UntilAnsweredByAsync("cart-1");

        Application.Last.Headers["x-forwarded-client-cert"].ShouldContain($"URI={MeshCertificates.IdOf("intern")}");
        (await ProxyAsync("web-1"))["identity"]!.GetValue<string>().ShouldBe(MeshCertificates.IdOf("intern"));
    }

    [Fact]
    public async Task Token_ThatIsRevoked_GivesNoKeyToTheNextStream()
    {
        await CartAsync();
        string token = Certificates.Add("web");
        string[] options = ["--cluster", "eu-a", "--namespace", "shop", "--token-file", token];
        await using (EnvoyProcess web = await EnvoyProcess.StartAsync(ControlPlane, "web-1", options))
        {
            using var caller = new Caller(web.Outbound, "cart");
            await caller.UntilAnsweredByAsync("cart-1");

            Certificates.Delete("web.token");

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
        string token = Certificates.Add("web");
        EnvoyProcess web = await SidecarAsync("web-1", token);
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");

        Certificates.Write("web.key", Certificates.Authority.Issue(MeshCertificates.IdOf("web")).Key);
        Certificates.Write("ca.crt", "nonsense");

        await Eventually.Until(async () => (await ProblemsAsync()) is var text && text.Contains("web.key", StringComparison.Ordinal) && text.Contains("ca.crt", StringComparison.Ordinal));
        (await caller.CallAsync()).Status.ShouldBe(200);
        EnvoyProcess another = await SidecarAsync("web-2", token);
        using var second = new Caller(another.Outbound, "cart");
        await second.UntilAnsweredByAsync("cart-1");

        Certificates.Write("ca.crt", Certificates.Authority.Certificate);
        Certificates.Issue("web");
        await Eventually.Until(async () => (await ProblemsAsync()) == "[]", state: () => ControlPlane.Output);
        ControlPlane.Output.ShouldNotContain("PRIVATE KEY");
        ControlPlane.Output.ShouldNotContain("token-of-");
        (await ControlPlane.GetAsync("meshes")).ToJsonString().ShouldNotContain("token-of-");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restart_OfTheControlPlane_TakesNoKeyAway_EvenWithoutItsFiles(bool isDelta)
    {
        await CartAsync();
        EnvoyProcess web = await SidecarAsync("web-1", Certificates.Add("web"), isDelta ? [] : ["--sotw"]);
        using var caller = new Caller(web.Outbound, "cart");
        await caller.UntilAnsweredByAsync("cart-1");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(50);

        await ControlPlane.KillAsync();
        Certificates.Delete("ca.crt");
        await ControlPlane.RestartAsync();
        await Eventually.Until(async () => (await ProblemsAsync()).Contains("ca.crt", StringComparison.Ordinal));
        await load.UntilMoreAsync(200);
        (await web.StatAsync("control_plane.connected_state")).ShouldBe(0);

        Certificates.Write("ca.crt", Certificates.Authority.Certificate);
        (await ProxyAsync("web-1"))["identity"]!.GetValue<string>().ShouldBe(MeshCertificates.IdOf("web"));
        await load.UntilMoreAsync(50);
        (await load.StopAsync()).Failures.ShouldBeEmpty();
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
            files.File("data"), "--config", Configuration.Path, "--certificates", Certificates.Root,
            "--tls-cert", WriteFile("server.crt", certificate), "--tls-key", WriteFile("server.key", key));
        Certificates.Add("web");
        (string Certificate, string Key) right = Certificates.Authority.Issue(MeshCertificates.IdOf("web"));
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
}
