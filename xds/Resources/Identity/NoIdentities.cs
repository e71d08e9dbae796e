namespace ControlPlane.Xds.Resources.Identity;

/// <summary>No mesh has certificates.</summary>
public sealed class NoIdentities : IMeshIdentities
{
    public event Action<string>? Changed
    {
        add { }
        remove { }
    }

    public TrustBundle? BundleOf(string mesh) => null;

    public WorkloadCertificate? CertificateOf(string mesh, string spiffeId) => null;

    public Authentication Authenticate(string mesh, StreamCredentials credentials) => Authentication.Failed($"this control plane has no certificates of mesh {mesh}");
}
