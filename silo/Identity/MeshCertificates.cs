using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Model;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Identity;

namespace ControlPlane.Silo.Identity;

/// <summary>What is in force of the certificates of a mesh, and what is wrong with what is there. Immutable.</summary>
internal sealed class MeshCertificates
{
    public static MeshCertificates Of(TrustBundle? bundle, IEnumerable<HeldIdentity> identities, IEnumerable<Problem> problems) => new(bundle, [.. identities], [.. problems]);

    private MeshCertificates(TrustBundle? bundle, ImmutableArray<HeldIdentity> identities, ImmutableArray<Problem> problems)
    {
        Bundle = bundle;
        Identities = identities;
        Problems = problems;
        Revision = RevisionOf(bundle, identities);
    }

    /// <summary>Null: the authorities are not known yet.</summary>
    public TrustBundle? Bundle { get; }

    public ImmutableArray<HeldIdentity> Identities { get; }

    public ImmutableArray<Problem> Problems { get; }

    /// <summary>Another one, if anything in force is another.</summary>
    public string Revision { get; }

    public MeshCertificates With(IEnumerable<Problem> problems) => new(Bundle, Identities, [.. problems]);

    /// <summary>Of several for one id the one that is valid longest.</summary>
    public WorkloadCertificate? CertificateOf(string spiffeId) =>
        Identities.Where(identity => identity.SpiffeId == spiffeId && identity.Certificate is not null).MaxBy(identity => identity.NotAfter)?.Certificate;

    /// <summary>Whose token has this digest; null: nobody's. Takes as long for a wrong one as for the right one.</summary>
    public string? OwnerOf(ReadOnlySpan<byte> tokenDigest)
    {
        string? owner = null;
        foreach (HeldIdentity identity in Identities)
        {
            if (identity.TokenDigest is { } digest && CryptographicOperations.FixedTimeEquals(digest.Span, tokenDigest))
            {
                owner = identity.SpiffeId;
            }
        }
        return owner;
    }

    private static string RevisionOf(TrustBundle? bundle, ImmutableArray<HeldIdentity> identities)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string text in (string[])[
            bundle?.TrustDomain ?? "", bundle?.Authorities ?? "",
            .. identities.SelectMany(identity => (string[])[identity.SpiffeId, identity.Serial, identity.Certificate?.Chain ?? "", identity.Certificate?.Key ?? "", Convert.ToHexString((identity.TokenDigest ?? default).Span)])])
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
