using System.Security.Cryptography.X509Certificates;

namespace ControlPlane.Adapters.Kubernetes.Access;

/// <summary>How an API server is reached, and as whom.</summary>
internal sealed class ClusterAccess : IDisposable
{
    public required Uri Server { get; init; }

    /// <summary>Who signs the server's certificate; null: those that the machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The name in the server's certificate; null: the host of <see cref="Server"/>.</summary>
    public string? ServerName { get; init; }

    public bool SkipsVerification { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }

    public BearerToken? Token { get; init; }

    public void Dispose()
    {
        ClientCertificate?.Dispose();
        foreach (X509Certificate2 authority in Authorities ?? [])
        {
            authority.Dispose();
        }
    }
}
