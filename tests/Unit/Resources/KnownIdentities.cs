using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Identity;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>Certificates that a test says: a token is the SPIFFE id that it proves.</summary>
internal sealed class KnownIdentities : IMeshIdentities
{
    public const string TrustDomain = "default.mesh";
    private readonly Dictionary<string, WorkloadCertificate?> certificates = [];

    public event Action<string>? Changed;

    public TrustBundle? Bundle { get; set; } = new(TrustDomain, "authorities 1");

    public static StreamCredentials Of(string spiffeId) => StreamCredentials.Of($"Bearer {spiffeId}", null);

    public static string IdOf(string workload) => $"spiffe://{TrustDomain}/ns/shop/sa/{workload}";

    public void Set(string spiffeId, string key) =>
        certificates[spiffeId] = new WorkloadCertificate(spiffeId, $"chain of {key}", key, "1", DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

    /// <summary>Knows who it is, and has no certificate of it.</summary>
    public void Know(string spiffeId) => certificates[spiffeId] = null;

    public void Tell(string mesh = "default") => Changed?.Invoke(mesh);

    public TrustBundle? BundleOf(string mesh) => Bundle;

    public WorkloadCertificate? CertificateOf(string mesh, string spiffeId) => certificates.GetValueOrDefault(spiffeId);

    public Authentication Authenticate(string mesh, StreamCredentials credentials) =>
        credentials.TokenDigest is not { } digest ? Authentication.Failed("no credentials")
        : Bundle is null ? Authentication.TooEarly("nothing is known")
        : certificates.Keys.FirstOrDefault(id => StreamCredentials.DigestOf(id).AsSpan().SequenceEqual(digest.Span)) is { } id ? Authentication.Of(id)
        : Authentication.Failed("nobody's");
}
