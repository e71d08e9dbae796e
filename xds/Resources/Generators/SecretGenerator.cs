using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Type.Matcher.V3;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>Secrets: who a proxy is, and whom it trusts.</summary>
internal static class SecretGenerator
{
    public static Secret Identity(string name, WorkloadCertificate certificate) => new()
    {
        Name = name,
        TlsCertificate = new TlsCertificate
        {
            CertificateChain = new DataSource { InlineString = certificate.Chain },
            PrivateKey = new DataSource { InlineString = certificate.Key },
        },
    };

    /// <summary>Everybody of a mesh is trusted to be who the certificate says.</summary>
    public static Secret Authorities(string name, TrustBundle bundle) =>
        Validation(name, bundle, [new StringMatcher { Prefix = SpiffeIds.Of(bundle.TrustDomain) }]);

    /// <summary>Only these are trusted.</summary>
    /// <param name="peers">SPIFFE ids; one that ends with a slash stands for all that begin like it.</param>
    public static Secret Peers(string name, TrustBundle bundle, IEnumerable<string> peers) =>
        Validation(name, bundle, peers.Select(peer => peer.EndsWith('/') ? new StringMatcher { Prefix = peer } : new StringMatcher { Exact = peer }));

    private static Secret Validation(string name, TrustBundle bundle, IEnumerable<StringMatcher> names) => new()
    {
        Name = name,
        ValidationContext = new CertificateValidationContext
        {
            TrustedCa = new DataSource { InlineString = bundle.Authorities },
            MatchTypedSubjectAltNames =
            {
                names.Select(matcher => new SubjectAltNameMatcher { SanType = SubjectAltNameMatcher.Types.SanType.Uri, Matcher = matcher }),
            },
        },
    };
}
