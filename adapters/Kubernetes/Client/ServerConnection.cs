using System.Net.Security;
using ControlPlane.Adapters.Kubernetes.Access;

namespace ControlPlane.Adapters.Kubernetes.Client;

/// <summary>Connections to an API server: TLS by its own CA, and pings that notice a server that is gone without a word.</summary>
internal static class ServerConnection
{
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    public static SocketsHttpHandler Handler(ClusterAccess access, KubernetesTimes times)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = times.Connect,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        };
        SslClientAuthenticationOptions tls = handler.SslOptions;
        if (access.ClientCertificate is { } certificate)
        {
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
        if (access.SkipsVerification)
        {
            // The kubeconfig says insecure-skip-tls-verify.
#pragma warning disable CA5359
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (access.Authorities is { } authorities)
        {
            tls.CertificateChainPolicy = ServerTrust.In(authorities);
        }
        return handler;
    }

    /// <summary>Says why a server could not be reached, in words that help.</summary>
    public static KubernetesException Explain(ClusterAccess access, Exception error)
    {
        string server = access.Server.Authority;
        string reason = ServerTrust.WhyNotReached(error, tls => access.Authorities is null
            ? $"the server's certificate is not trusted: name its CA (certificate-authority) ({tls.Message})"
            : $"the server's certificate does not fit the CA of the kubeconfig, or the name {access.ServerName ?? access.Server.Host} ({tls.Message})");
        return new KubernetesException($"{server} cannot be reached: {reason}", error);
    }
}
