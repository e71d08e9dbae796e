#if ORLEANS
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Identity;
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
        silo.UseTls(options.Certificate!, tls =>
        {
            tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
            tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = "silo";
            tls.RemoteCertificateValidation = (certificate, chain, _) =>
                ChainCheck.WhyNot(certificate, Sent(chain), authorities, TimeProvider.System.GetUtcNow()) is null;
        });
    }

    private static X509Certificate2Collection Sent(X509Chain? chain) => [.. chain?.ChainPolicy.ExtraStore ?? []];
}
#endif
