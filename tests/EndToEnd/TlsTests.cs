using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>xDS and REST over TLS, with a real Envoy that checks the certificate.</summary>
public sealed class TlsTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.9", false)]
    public async Task Envoy_OverTls_TrustsTheRightNameOnly(string name, bool isTrusted)
    {
        using var folder = new TemporaryFolder();
        using var configuration = new ConfigurationFolder();
        WriteCertificate(folder, IPAddress.Parse(name));
        await using Backend backend = await Backend.StartAsync("a-0");
        configuration.Service("cart", [(backend, "eu-a", "Healthy")]);
        await using ControlPlaneProcess controlPlane = ControlPlaneProcess.Launch(
            folder.File("data"), "--config", configuration.Path, "--tls-cert", folder.File("cert.pem"), "--tls-key", folder.File("key.pem"));
        await using EnvoyProcess sidecar = await EnvoyProcess.LaunchAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop", "--xds-ca", folder.File("cert.pem"));

        if (isTrusted)
        {
            using var caller = new Caller(sidecar.Outbound, "cart");
            await caller.UntilAnsweredByAsync("a-0");
            (await sidecar.StatAsync("cluster.control_plane.ssl.versions.TLSv1.3")).ShouldBeGreaterThan(0);
        }
        else
        {
            await Eventually.Until(async () => await sidecar.StatAsync("cluster.control_plane.ssl.fail_verify_san") > 0);
            (await sidecar.StatAsync("listener_manager.lds.update_success")).ShouldBe(0);
        }
    }

    private static void WriteCertificate(TemporaryFolder folder, IPAddress address)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=control plane", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        folder.Write("cert.pem", certificate.ExportCertificatePem());
        folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
    }
}
