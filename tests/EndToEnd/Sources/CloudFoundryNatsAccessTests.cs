using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;
using NATS.Client.Core;
using static ControlPlane.Tests.EndToEnd.Sources.CloudFoundryWatch;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>Logins, permissions and certificates of a real NATS server.</summary>
public sealed class CloudFoundryNatsAccessTests : IDisposable
{
    private static readonly NatsAuthOpts TestLogin = new() { Username = "test", Password = "test" };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("password")]
    [InlineData("token")]
    public async Task Login_ThatIsWrong_IsSaidAndReadAgainWhenItIsRight(string kind)
    {
        string Configuration(string secret) => kind == "token" ? $"authorization: {{ token: \"{secret}\" }}" : $"authorization: {{ users: [{{ user: cp, password: \"{secret}\" }}] }}";
        NatsAuthOpts Login(string secret) => kind == "token" ? new NatsAuthOpts { Token = secret } : new NatsAuthOpts { Username = "cp", Password = secret };
        string file = folder.Write("secret", "s3cret-1\n");
        await using NatsServer nats = await NatsServer.StartAsync(Configuration("s3cret-1"), Login("s3cret-1"));
        NatsAccess access = kind == "token" ? Nats(nats) with { TokenFile = file } : Nats(nats) with { Username = "cp", PasswordFile = file };
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = access });
        await source.LiveAsync();

        folder.Write("secret", "s3cret-2");
        await nats.RestartAsync();
        await StaleAsync(source, $"NATS at 127.0.0.1:{nats.Port} does not accept what is in {file}");
        source.Reason.ShouldNotContain("s3cret");
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        File.Delete(file);
        await StaleAsync(source, "cannot be read");
        folder.Write("secret", "s3cret-1");

        await source.LiveAsync();
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Credentials_AreReadFromTheirFile()
    {
        var account = new NatsAccount();
        string file = folder.Write("cp.creds", account.Credentials);
        await using NatsServer nats = await NatsServer.StartAsync(account.Configuration, new NatsAuthOpts { CredsFile = file });
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));
        string own = folder.Write("own.creds", account.Credentials);
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) with { CredentialsFile = own } });
        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");

        folder.Write("own.creds", new NatsAccount().Credentials);
        await nats.RestartAsync();
        await StaleAsync(source, $"does not accept what is in {own}");
        folder.Write("own.creds", "s3cret");
        await StaleAsync(source, $"NATS at 127.0.0.1:{nats.Port} cannot be reached");
        source.Reason.ShouldNotContain("s3cret");
        folder.Write("own.creds", account.Credentials);

        await source.LiveAsync();
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Login_ThatIsNotConfigured_IsAskedFor()
    {
        await using NatsServer nats = await NatsServer.StartAsync("authorization: { users: [{ user: test, password: test }] }", TestLogin);
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) });

        await StaleAsync(source, "wants a login: name one with username and passwordFile, tokenFile or credentialsFile");
    }

    [Theory]
    [InlineData("""{ subscribe: ["router.*", "_INBOX.>"], publish: ["router.start", "router.greet", "_INBOX.>"] }""", "")]
    [InlineData("""{ subscribe: ["router.*"], publish: { deny: ">" } }""", "does not let us publish router.start")]
    public async Task Permissions_ThatAreEnough_AreEnough(string permissions, string problem)
    {
        await using NatsServer nats = await NatsServer.StartAsync($"authorization: {{ users: [{{ user: test, password: test }}, {{ user: cp, password: cp, permissions: {permissions} }}] }}", TestLogin);
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) with { Username = "cp", PasswordFile = folder.Write("password", "cp") } });

        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        if (problem.Length > 0)
        {
            await ProblemAsync(source, problem);
        }
        else
        {
            source.Problems.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Permissions_ThatAreTooFew_AreSaid()
    {
        await using NatsServer nats = await NatsServer.StartAsync("""authorization: { users: [{ user: test, password: test }, { user: cp, password: cp, permissions: { subscribe: "other" } }] }""", TestLogin);
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) with { Username = "cp", PasswordFile = folder.Write("password", "cp") } });

        await StaleAsync(source, "it may not be subscribed to router.*: allow that");
    }

    [Fact]
    public async Task Tls_WithTheRightAuthorityAndCertificate_IsTrusted()
    {
        WriteCertificates();
        string tls = $"tls: {{ cert_file: \"{folder.File("server.pem")}\", key_file: \"{folder.File("server-key.pem")}\", ca_file: \"{folder.File("ca.pem")}\"";
        await using NatsServer nats = await NatsServer.StartAsync($"{tls} }}", authority: folder.File("ca.pem"));
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));
        NatsAccess access = Nats(nats) with { Servers = [$"tls://127.0.0.1:{nats.Port}"] };
        await using WatchedSource distrusting = Watch(new CloudFoundrySettings { Nats = access });
        await using WatchedSource trusting = Watch(new CloudFoundrySettings { Nats = access with { AuthoritiesFile = folder.File("ca.pem") } });
        await using WatchedSource known = Watch(new CloudFoundrySettings { Nats = access with { AuthoritiesFile = folder.File("ca.pem"), CertificateFile = folder.File("server.pem"), KeyFile = folder.File("server-key.pem") } });

        await StaleAsync(distrusting, "its certificate is not trusted, or not for this name: name its authority with caFile");
        await trusting.LiveAsync();
        trusting.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        await known.LiveAsync();

        // From now on only those who show a certificate are let in.
        nats.Write($"{tls}, verify: true }}");
        await nats.RestartWithoutWaitingAsync();
        await Eventually.Until(() => trusting.State == SourceState.Stale);
        await known.LiveAsync();
        known.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        trusting.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
    }

    private void WriteCertificates()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 authority = authorityRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=nats", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(authority, now.AddDays(-1), now.AddHours(20), [1, 2, 3]);
        folder.Write("ca.pem", authority.ExportCertificatePem());
        folder.Write("server.pem", certificate.ExportCertificatePem());
        folder.Write("server-key.pem", key.ExportPkcs8PrivateKeyPem());
    }
}
