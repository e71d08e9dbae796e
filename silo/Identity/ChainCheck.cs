using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ControlPlane.Silo.Identity;

/// <summary>Whether certificates are signed by the authorities of a mesh.</summary>
internal static class ChainCheck
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <param name="authorities">PEM.</param>
    /// <param name="more">Those that are sent along with it.</param>
    /// <param name="at">Null: whether it is valid now or not is of no account.</param>
    /// <returns>Null: it is; else why not.</returns>
    public static string? WhyNot(X509Certificate2 certificate, X509Certificate2Collection more, string authorities, DateTimeOffset? at)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(authorities);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        foreach (X509Certificate2 authority in trusted)
        {
            bool isRoot = authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData);
            (isRoot ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(authority);
        }
        chain.ChainPolicy.ExtraStore.AddRange(more);
        if (at is { } now)
        {
            chain.ChainPolicy.VerificationTime = now.UtcDateTime;
            chain.ChainPolicy.ApplicationPolicy.Add(ClientAuthentication);
        }
        else
        {
            chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        }
        return chain.Build(certificate) ? null : string.Join(", ", chain.ChainStatus.Select(status => status.StatusInformation.TrimEnd('.')).Distinct());
    }
}
