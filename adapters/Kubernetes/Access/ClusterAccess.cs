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

    /// <summary>As the options say: by their kubeconfig, or as this pod.</summary>
    /// <exception cref="KubernetesException">That cannot be used.</exception>
    public static ClusterAccess Of(KubernetesAdapterOptions options, TimeProvider time) =>
        options.Kubeconfig is { } path ? Kubeconfig.Load(path, options.Context, time) : InCluster.Load(time);

    public void Dispose()
    {
        ClientCertificate?.Dispose();
        foreach (X509Certificate2 authority in Authorities ?? [])
        {
            authority.Dispose();
        }
    }
}
