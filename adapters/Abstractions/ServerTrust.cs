using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ControlPlane.Adapters;

/// <summary>Trust in registries whose certificates are signed by authorities of their own, and what is said where there is none.</summary>
public static class ServerTrust
{
    /// <summary>These authorities are trusted, and no others. Lists of revoked certificates are not asked for.</summary>
    public static X509ChainPolicy In(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ExtraStore.AddRange(authorities);
        return policy;
    }

    /// <summary>Why a server could not be reached, in words that help.</summary>
    /// <param name="ofTls">What to say when it is its certificate.</param>
    public static string WhyNotReached(Exception error, Func<AuthenticationException, string> ofTls) => error.InnerException switch
    {
        AuthenticationException tls => ofTls(tls),
        SocketException socket => socket.Message,
        TimeoutException => "no connection in time",
        { } inner => $"{error.Message} ({inner.Message})",
        null => error.Message,
    };
}
