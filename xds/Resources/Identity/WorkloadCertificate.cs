namespace ControlPlane.Xds.Resources.Identity;

/// <summary>The certificate of a workload, with its key. It is for the proxy that has proved to be that workload, and is never printed.</summary>
/// <param name="chain">PEM, the workload's own first.</param>
/// <param name="key">PEM.</param>
public sealed class WorkloadCertificate(string spiffeId, string chain, string key, string serial, DateTimeOffset notBefore, DateTimeOffset notAfter)
{
    public string SpiffeId => spiffeId;

    public string Chain => chain;

    public string Key => key;

    /// <summary>Hexadecimal.</summary>
    public string Serial => serial;

    public DateTimeOffset NotBefore => notBefore;

    public DateTimeOffset NotAfter => notAfter;
}
