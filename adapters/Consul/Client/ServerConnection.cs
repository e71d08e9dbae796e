using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Adapters.Consul.Access;

namespace ControlPlane.Adapters.Consul.Client;

/// <summary>Connections to a Consul agent.</summary>
internal static class ServerConnection
{
    /// <exception cref="ConsulException">A certificate cannot be read.</exception>
    public static SocketsHttpHandler Handler(ConsulAccess access, ConsulTimes times)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = times.Connect,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            EnableMultipleHttp2Connections = true,
        };
        if (access.CertificateFile is { } file)
        {
            X509Certificate2 certificate = Read(file, () => X509Certificate2.CreateFromPemFile(file, access.KeyFile ?? file));
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
        if (access.AuthorityFile is { } authority)
        {
            handler.SslOptions.CertificateChainPolicy = ServerTrust.In(Read(authority, () =>
            {
                var authorities = new X509Certificate2Collection();
                authorities.ImportFromPemFile(authority);
                return authorities;
            }));
        }
        return handler;
    }

    /// <summary>Says why an agent could not be reached, in words that help.</summary>
    public static ConsulException Explain(ConsulAccess access, HttpRequestException error)
    {
        string reason = ServerTrust.WhyNotReached(error, tls => access.AuthorityFile is null
            ? $"the agent's certificate is not trusted: name its CA ({tls.Message})"
            : $"the agent's certificate does not fit the CA in {access.AuthorityFile}, or the name {access.Address.Host} ({tls.Message})");
        return new ConsulException($"Consul at {access.Address.Authority} cannot be reached: {reason}", error) { IsTransient = true };
    }

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConsulException($"the certificate or key in {file} cannot be read: {error.Message}", error);
        }
    }
}
