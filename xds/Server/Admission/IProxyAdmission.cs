namespace ControlPlane.Xds;

/// <summary>Decides whether a proxy is served, and what.</summary>
public interface IProxyAdmission
{
    /// <summary>Is asked once a stream. Must not block.</summary>
    AdmissionResult Admit(ProxyNode node, StreamCredentials credentials);
}
