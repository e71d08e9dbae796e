using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Kubernetes.Access;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Unit.Kubernetes;

public sealed class KubeconfigTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Write(string user, string cluster = "server: https://10.0.0.1:6443", string contexts = "") => folder.Write("config", $$"""
        apiVersion: v1
        kind: Config
        current-context: main
        preferences: {}
        clusters:
          - {name: east, cluster: { {{cluster}} } }
          - {name: west, cluster: {server: "https://west:6443"} }
        users:
          - {name: me, user: { {{user}} } }
        contexts:
          - {name: main, context: {cluster: east, user: me, namespace: shop} }
          - {name: other, context: {cluster: west, user: me} }
        {{contexts}}
        """);

    private static ClusterAccess Load(string path, string? context = null) => Kubeconfig.Load(path, context, TimeProvider.System);

    private static (string Certificate, string Key) Pair()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=me", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    [Fact]
    public void Load_Token_IsOfTheCurrentContext()
    {
        using ClusterAccess access = Load(Write("token: secret", "server: \"https://10.0.0.1:6443\", tls-server-name: kube"));

        access.Server.ShouldBe(new Uri("https://10.0.0.1:6443"));
        access.ServerName.ShouldBe("kube");
        access.Token!.Get().ShouldBe("secret");
        access.SkipsVerification.ShouldBeFalse();
    }

    [Fact]
    public void Load_NamedContext_IsUsed() => Load(Write("token: secret"), "other").Server.Host.ShouldBe("west");

    [Fact]
    public void Load_FilesBesideIt_AreRelativeToIt()
    {
        (string certificate, string key) = Pair();
        folder.Write("pki/ca.crt", certificate);
        folder.Write("pki/me.crt", certificate);
        folder.Write("pki/me.key", key);
        folder.Write("pki/token", "first\n");

        using ClusterAccess access = Load(Write(
            "tokenFile: pki/token, token: ignored, client-certificate: pki/me.crt, client-key: pki/me.key",
            "server: \"https://10.0.0.1\", certificate-authority: pki/ca.crt"));

        access.Token!.Get().ShouldBe("first");
        access.Authorities!.Count.ShouldBe(1);
        access.ClientCertificate!.HasPrivateKey.ShouldBeTrue();
        folder.Write("pki/token", "second\n");
        access.Token.Refresh().ShouldBeTrue();
        access.Token.Get().ShouldBe("second");
    }

    [Fact]
    public void Load_DataInIt_IsUsed()
    {
        (string certificate, string key) = Pair();
        string Data(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

        using ClusterAccess access = Load(Write(
            $"client-certificate-data: {Data(certificate)}, client-key-data: {Data(key)}",
            $"server: \"https://10.0.0.1\", certificate-authority-data: {Data(certificate)}"));

        access.ClientCertificate!.Subject.ShouldBe("CN=me");
        access.Authorities!.Count.ShouldBe(1);
        access.Token.ShouldBeNull();
    }

    [Fact]
    public void Load_SkipsVerification_NeedsNoAuthority() =>
        Load(Write("token: t", "server: \"https://10.0.0.1\", insecure-skip-tls-verify: true")).SkipsVerification.ShouldBeTrue();

    [Theory]
    [InlineData("exec: {command: aws}", "users[me]: exec: not supported yet: use a token, a tokenFile or a client certificate")]
    [InlineData("auth-provider: {name: gcp}", "users[me]: auth-provider: not supported yet: use a token, a tokenFile or a client certificate")]
    [InlineData("client-certificate-data: AAAA", "users[me]: client-certificate and client-key: expected both or none")]
    [InlineData("client-certificate-data: '!', client-key: x", "users[me]: client-certificate: ")]
    [InlineData("tokenFile: nothing", "the token file ")]
    public void Load_UserThatCannotBeUsed_SaysWhy(string user, string message) =>
        Should.Throw<KubernetesException>(() => Load(Write(user))).Message.ShouldContain(message);

    [Theory]
    [InlineData("server: nowhere", "clusters[east]: server: expected an address such as https://host:6443, found 'nowhere'")]
    [InlineData("tls-server-name: x", "clusters[east]: server: missing")]
    [InlineData("server: \"https://a\", certificate-authority: nothing.crt", "clusters[east]: certificate-authority: ")]
    [InlineData("server: \"https://a\", certificate-authority-data: AAAA", "clusters[east]: certificate-authority: there is no certificate in it")]
    public void Load_ClusterThatCannotBeUsed_SaysWhy(string cluster, string message) =>
        Should.Throw<KubernetesException>(() => Load(Write("token: t", cluster))).Message.ShouldContain(message);

    [Fact]
    public void Load_NoSuchContext_SaysWhichOne() =>
        Should.Throw<KubernetesException>(() => Load(Write("token: t"), "third")).Message
            .ShouldBe($"kubeconfig {folder.File("config")}: it has no 'third' in contexts");

    [Fact]
    public void Load_NoFile_SaysSo() =>
        Should.Throw<KubernetesException>(() => Load(folder.File("none"))).Message.ShouldStartWith($"kubeconfig {folder.File("none")}: it cannot be read");

    [Fact]
    public void InCluster_ServiceAccount_IsRead()
    {
        (string certificate, _) = Pair();
        folder.Write("ca.crt", certificate);
        folder.Write("token", "account");

        using ClusterAccess access = InCluster.Load("fd00::1", "443", folder.Path, TimeProvider.System);

        access.Server.ToString().ShouldBe("https://[fd00::1]/");
        access.Token!.Get().ShouldBe("account");
    }
}
