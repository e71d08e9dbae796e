using System.Collections.Frozen;
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
    private readonly FrozenDictionary<string, HeldIdentity> byToken;
    private readonly FrozenDictionary<string, WorkloadCertificate> byId;

    public static MeshCertificates Of(TrustBundle? bundle, IEnumerable<HeldIdentity> identities, IEnumerable<Problem> problems) => new(bundle, [.. identities], [.. problems]);

    private MeshCertificates(TrustBundle? bundle, ImmutableArray<HeldIdentity> identities, ImmutableArray<Problem> problems)
    {
        Bundle = bundle;
        Identities = identities;
        Problems = problems;
        byToken = identities.Where(identity => identity.TokenDigest is not null).DistinctBy(KeyOf).ToFrozenDictionary(KeyOf, StringComparer.Ordinal);
        // Of several for one id the one that is valid longest.
        byId = identities.Where(identity => identity.Certificate is not null).OrderByDescending(identity => identity.NotAfter).DistinctBy(identity => identity.SpiffeId)
            .ToFrozenDictionary(identity => identity.SpiffeId, identity => identity.Certificate!, StringComparer.Ordinal);
        Revision = RevisionOf(bundle, identities);
    }

    /// <summary>Null: the authorities are not known yet.</summary>
    public TrustBundle? Bundle { get; }

    public ImmutableArray<HeldIdentity> Identities { get; }

    public ImmutableArray<Problem> Problems { get; }

    /// <summary>Another one, if anything in force is another.</summary>
    public string Revision { get; }

    public MeshCertificates With(IEnumerable<Problem> problems) => new(Bundle, Identities, [.. problems]);

    public WorkloadCertificate? CertificateOf(string spiffeId) => byId.GetValueOrDefault(spiffeId);

    /// <summary>
    /// Whose token has this digest; null: nobody's. It is looked for by a hash that nobody who guesses can steer, and compared in constant time: how long that takes says nothing of a token.
    /// </summary>
    public string? OwnerOf(ReadOnlySpan<byte> tokenDigest) =>
        byToken.TryGetValue(Convert.ToHexString(tokenDigest), out HeldIdentity? identity) && CryptographicOperations.FixedTimeEquals(identity.TokenDigest!.Value.Span, tokenDigest)
            ? identity.SpiffeId
            : null;

    private static string KeyOf(HeldIdentity identity) => Convert.ToHexString(identity.TokenDigest!.Value.Span);

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
