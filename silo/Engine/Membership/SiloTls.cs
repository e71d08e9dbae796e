#if ORLEANS
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Silo.Hosting;
using Orleans.Connections.Security;

namespace ControlPlane.Silo.Engine.Membership;

/// <summary>Mutual TLS between silos: each shows the process's certificate, and takes those of one authority. Names are not compared: who has such a certificate is a silo.</summary>
internal static class SiloTls
{
    public static void Use(ISiloBuilder silo, RunOptions options)
    {
        if (options.SiloAuthorities is not { } authorities)
        {
            return;
        }
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(authorities);
        silo.UseTls(options.Certificate!, tls =>
        {
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = "silo";
            tls.RemoteCertificateValidation = (certificate, chain, _) => IsOurs(certificate, chain, trusted);
        });
    }

    private static bool IsOurs(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection trusted)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(sent?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
#endif
