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
        X509Certificate2[] roots = [.. trusted.Where(IsRoot)];
        string? whyNot = "the mesh has no root authority";
        // One by one: of two with the same name, as they are while an authority is replaced, only one would be tried.
        foreach (X509Certificate2 root in roots)
        {
            whyNot = WhyNot(certificate, [.. more, .. trusted.Except(roots)], root, at);
            if (whyNot is null)
            {
                return null;
            }
        }
        return whyNot;
    }

    private static bool IsRoot(X509Certificate2 authority) => authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData);

    private static string? WhyNot(X509Certificate2 certificate, X509Certificate2[] more, X509Certificate2 root, DateTimeOffset? at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.ExtraStore.AddRange(more);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
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
