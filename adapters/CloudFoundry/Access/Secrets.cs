using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ControlPlane.Adapters.CloudFoundry.Access;

/// <summary>Secrets and certificates from their files.</summary>
internal static class Secrets
{
    /// <exception cref="CloudFoundryException">It cannot be read, or is empty.</exception>
    public static async Task<string> ReadAsync(string field, string file, CancellationToken cancellationToken)
    {
        try
        {
            string secret = (await File.ReadAllTextAsync(file, cancellationToken)).Trim();
            return secret.Length > 0 ? secret : throw new CloudFoundryException($"{field} {file} is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CloudFoundryException($"{field} {file} cannot be read: {error.Message}", error);
        }
    }

    /// <exception cref="CloudFoundryException">The file cannot be read.</exception>
    public static X509ChainPolicy Trust(string authoritiesFile) => ServerTrust.In(Read(authoritiesFile, () =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(authoritiesFile);
        return authorities;
    }));

    /// <exception cref="CloudFoundryException">A file cannot be read.</exception>
    public static X509Certificate2 Certificate(string file, string? keyFile) => Read(file, () => X509Certificate2.CreateFromPemFile(file, keyFile ?? file));

    private static T Read<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CloudFoundryException($"the certificate or key in {file} cannot be read: {error.Message}", error);
        }
    }
}
