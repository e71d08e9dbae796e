using System.Security.Cryptography;
using System.Text;

namespace ControlPlane.Xds;

/// <summary>What a client has shown of who it is. Nothing of it is verified yet, and nothing of it is printed.</summary>
public sealed class StreamCredentials
{
    private const string Scheme = "Bearer ";

    private StreamCredentials(byte[]? tokenDigest, byte[]? certificate)
    {
        TokenDigest = tokenDigest?.AsMemory();
        Certificate = certificate?.AsMemory();
    }

    /// <summary>It has shown nothing.</summary>
    public static StreamCredentials None { get; } = new(null, null);

    /// <summary>The SHA-256 of the bearer token: the token itself is not kept. Null: there was none.</summary>
    public ReadOnlyMemory<byte>? TokenDigest { get; }

    /// <summary>The certificate that the client has on its connection, DER. It has proved that it has the key, and nothing else. Null: there was none.</summary>
    public ReadOnlyMemory<byte>? Certificate { get; }

    /// <param name="authorization">The header <c>authorization</c>.</param>
    /// <param name="certificate">The client's certificate, DER.</param>
    public static StreamCredentials Of(string? authorization, byte[]? certificate)
    {
        string? token = authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) is true ? authorization[Scheme.Length..].Trim() : null;
        return token is { Length: > 0 } || certificate is not null
            ? new StreamCredentials(token is { Length: > 0 } ? DigestOf(token) : null, certificate)
            : None;
    }

    /// <summary>The digest of a token, as it is compared.</summary>
    public static byte[] DigestOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
