using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ControlPlane.Tests.Support;

/// <summary>A certificate authority of a test.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;

    public TestAuthority(string name = "test authority")
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        certificate = request.CreateSelfSigned(now.AddDays(-2), now.AddDays(2));
    }

    /// <summary>PEM.</summary>
    public string Certificate => certificate.ExportCertificatePem() + "\n";

    /// <summary>A certificate for these URIs with its key, PEM.</summary>
    /// <param name="valid">From now on; negative: it has expired.</param>
    public (string Certificate, string Key) Issue(IEnumerable<string> uris, TimeSpan? valid = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("workload");
        foreach (string uri in uris)
        {
            names.AddUri(new Uri(uri));
        }
        return Issue(names, valid);
    }

    public (string Certificate, string Key) Issue(string uri) => Issue([uri]);

    /// <summary>A server's.</summary>
    public (string Certificate, string Key) IssueFor(IPAddress address)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        return Issue(names, valid: null);
    }

    private (string Certificate, string Key) Issue(SubjectAlternativeNameBuilder names, TimeSpan? valid)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=workload", own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 issued = request.Create(certificate, now.AddDays(-1), now + (valid ?? TimeSpan.FromDays(1)), RandomNumberGenerator.GetBytes(16));
        return (issued.ExportCertificatePem() + "\n", own.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
    }
}
