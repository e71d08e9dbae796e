using System.Security.Cryptography.X509Certificates;

namespace ControlPlane.Adapters.Kubernetes.Access;

/// <summary>The access that Kubernetes gives to a pod.</summary>
internal static class InCluster
{
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <exception cref="KubernetesException">This is not a pod, or it has no service account token.</exception>
    public static ClusterAccess Load(TimeProvider time, string folder = ServiceAccount)
    {
        string? host = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST");
        string? port = Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            throw new KubernetesException(
                "not running in a Kubernetes pod (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set): name a kubeconfig");
        }
        return Load(host, port, folder, time);
    }

    internal static ClusterAccess Load(string host, string port, string folder, TimeProvider time)
    {
        var authorities = new X509Certificate2Collection();
        string file = Path.Combine(folder, "ca.crt");
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new KubernetesException($"the CA file {file} cannot be read: {error.Message}", error);
        }
        return new ClusterAccess
        {
            Server = new Uri($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}"),
            Authorities = authorities,
            Token = BearerToken.OfFile(Path.Combine(folder, "token"), time),
        };
    }
}
