namespace ControlPlane.Xds.Resources.Identity;

/// <summary>
/// The certificates of meshes, from wherever they come. What it answers with is in memory: it is asked on the way of changes. For any thread.
/// </summary>
public interface IMeshIdentities
{
    /// <summary>The authorities that a mesh trusts; null: it has none, or they are not known yet.</summary>
    TrustBundle? BundleOf(string mesh);

    /// <summary>The certificate and key of a SPIFFE id of a mesh; null: there is none, or not yet.</summary>
    WorkloadCertificate? CertificateOf(string mesh, string spiffeId);

    /// <summary>Who has these credentials in a mesh.</summary>
    Authentication Authenticate(string mesh, StreamCredentials credentials);

    /// <summary>Is raised when the answers for a mesh may be others, after they are.</summary>
    event Action<string>? Changed;
}
