using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Access;

/// <summary>How the NATS of a foundation is reached, and as whom. Files are read at each connection.</summary>
public sealed record NatsAccess
{
    /// <summary><c>nats://10.0.0.5:4222</c> or <c>tls://nats.service.cf.internal:4224</c>.</summary>
    public required ValueList<string> Servers { get; init; }

    public string? Username { get; init; }

    public string? PasswordFile { get; init; }

    public string? TokenFile { get; init; }

    /// <summary>A file with a JWT and its seed.</summary>
    public string? CredentialsFile { get; init; }

    /// <summary>A PEM file of the authorities to trust; null: the system's.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>A PEM file with the certificate that is shown to the server; null: none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>A PEM file with its key; null: it is in the same file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Where, for people.</summary>
    internal string Place => $"NATS at {string.Join(", ", Servers.Select(server => server[(server.IndexOf("://", StringComparison.Ordinal) + 3)..]))}";

    /// <summary>Whether a text is the address of a server, without a login in it.</summary>
    internal static bool IsServer(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "nats" or "tls" && url.UserInfo.Length == 0 && url.Host.Length > 0 && !text.Contains(',', StringComparison.Ordinal);
}
