using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Adapters.CloudFoundry.Access;
using NATS.Client.Core;

namespace ControlPlane.Adapters.CloudFoundry.Routes;

/// <summary>How a NATS server is connected to: login, certificates, times; and why it did not work.</summary>
internal static class NatsLogin
{
    /// <exception cref="CloudFoundryException">A file cannot be read.</exception>
    public static async Task<NatsOpts> OptionsAsync(NatsAccess access, CloudFoundryTimes times, CancellationToken cancellationToken)
    {
        // Read before, so that its failure is said in words; by the client again.
        if (access.CredentialsFile is { } credentials)
        {
            await Secrets.ReadAsync("credentialsFile", credentials, cancellationToken);
        }
        bool isTls = access.AuthoritiesFile is not null || access.CertificateFile is not null || access.Servers.Any(server => server.StartsWith("tls:", StringComparison.Ordinal));
        return NatsOpts.Default with
        {
            Name = "controlplane",
            Url = string.Join(',', access.Servers),
            ConnectTimeout = times.Connect,
            CommandTimeout = times.Connect,
            RequestTimeout = times.Connect,
            PingInterval = times.Ping,
            MaxPingOut = 2,
            MaxReconnectRetry = 0,
            AuthOpts = new NatsAuthOpts
            {
                Username = access.Username,
                Password = access.PasswordFile is { } password ? await Secrets.ReadAsync("passwordFile", password, cancellationToken) : null,
                Token = access.TokenFile is { } token ? await Secrets.ReadAsync("tokenFile", token, cancellationToken) : null,
                CredsFile = access.CredentialsFile,
            },
            // Without a word of TLS the client takes it where the server has it.
            TlsOpts = isTls ? new NatsTlsOpts { Mode = TlsMode.Require, ConfigureClientAuthentication = options => ConfigureAsync(access, options) } : NatsTlsOpts.Default,
        };
    }

    private static ValueTask ConfigureAsync(NatsAccess access, SslClientAuthenticationOptions options)
    {
        if (access.AuthoritiesFile is { } authorities)
        {
            options.CertificateChainPolicy = Secrets.Trust(authorities);
        }
        if (access.CertificateFile is { } file)
        {
            X509Certificate2 certificate = Secrets.Certificate(file, access.KeyFile);
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Says why there is no connection, in words that help.</summary>
    public static CloudFoundryException Explain(NatsAccess access, Exception error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case CloudFoundryException own:
                    return own;
                case NatsServerException { IsAuthError: true }:
                    string how = (access.CredentialsFile ?? access.TokenFile ?? access.PasswordFile) is { } file ? $"does not accept what is in {file}: correct or renew it" : "wants a login: name one with username and passwordFile, tokenFile or credentialsFile";
                    return new CloudFoundryException($"{access.Place} {how}", error);
                case AuthenticationException tls:
                    return new CloudFoundryException($"{access.Place} cannot be reached: its certificate is not trusted, or not for this name: name its authority with caFile ({tls.Message})", error);
                default:
                    break;
            }
        }
        Exception innermost = error.GetBaseException();
        return new CloudFoundryException($"{access.Place} cannot be reached: {innermost.Message}", error);
    }
}
