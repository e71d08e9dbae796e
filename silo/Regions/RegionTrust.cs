using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Adapters;
using ControlPlane.Silo.Identity;

namespace ControlPlane.Silo.Regions;

/// <summary>The certificate that this region shows to others and the authorities it trusts for them, read again when a file is another.</summary>
internal sealed class RegionTrust(RegionFiles files)
{
    private readonly Lock gate = new();
    private (DateTime Certificate, DateTime Key, DateTime Authorities) read;
    private SslStreamCertificateContext? shown;
    private X509Certificate2Collection authorities = [];

    /// <exception cref="InvalidDataException">The files cannot be used: which, and why.</exception>
    public SslStreamCertificateContext Shown
    {
        get
        {
            lock (gate)
            {
                Refresh();
                return shown!;
            }
        }
    }

    /// <summary>The region that has proved by a certificate who it is.</summary>
    /// <exception cref="InvalidDataException">It has not: why.</exception>
    public string Verify(X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        using var verified = new X509Chain();
        lock (gate)
        {
            Refresh();
            verified.ChainPolicy = ServerTrust.In(authorities);
        }
        verified.ChainPolicy.ExtraStore.AddRange(chain);
        return verified.Build(certificate)
            ? Pem.RegionOf(certificate)
            : throw new InvalidDataException(
                $"the certificate of {certificate.Subject} is not accepted: {string.Join(' ', verified.ChainStatus.Select(status => status.StatusInformation.Trim()))}");
    }

    private void Refresh()
    {
        (DateTime, DateTime, DateTime) now = (File.GetLastWriteTimeUtc(files.Certificate), File.GetLastWriteTimeUtc(files.Key), File.GetLastWriteTimeUtc(files.Authorities));
        if (shown is not null && now == read)
        {
            return;
        }
        try
        {
            X509Certificate2Collection trusted = Pem.Certificates(File.ReadAllText(files.Authorities));
            X509Certificate2Collection own = Pem.Certificates(File.ReadAllText(files.Certificate));
            shown = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(files.Certificate, files.Key), own, offline: true);
            (authorities, read) = (trusted, now);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or InvalidDataException)
        {
            // What was read before goes on: files are replaced one after the other.
            if (shown is null)
            {
                throw new InvalidDataException($"{files.Certificate}, {files.Key} or {files.Authorities} cannot be used for links between regions: {error.Message}", error);
            }
        }
    }
}
