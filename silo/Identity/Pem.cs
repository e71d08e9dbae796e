using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ControlPlane.Silo.Identity;

/// <summary>Reads certificates and keys.</summary>
internal static class Pem
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>All certificates of a text.</summary>
    /// <exception cref="InvalidDataException">There is none, or one is broken.</exception>
    public static X509Certificate2Collection Certificates(string text)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            throw new InvalidDataException("it holds a certificate that cannot be read");
        }
        return found.Count > 0 ? found : throw new InvalidDataException("it holds no certificate: PEM is expected (-----BEGIN CERTIFICATE-----)");
    }

    /// <summary>The private key of a text and nothing else of it: files often have parameters or certificates beside it.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static string Key(string text)
    {
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            ReadOnlySpan<char> label = rest[fields.Label];
            if (label is "ENCRYPTED PRIVATE KEY")
            {
                throw new InvalidDataException("the key is encrypted: give it without a passphrase, readable by the control plane alone");
            }
            if (label.EndsWith("PRIVATE KEY", StringComparison.Ordinal))
            {
                return $"{rest[fields.Location]}\n";
            }
            rest = rest[fields.Location.End..];
        }
        throw new InvalidDataException("it holds no private key: PEM is expected (-----BEGIN PRIVATE KEY-----)");
    }

    /// <summary>Whether a key is that of a certificate.</summary>
    public static bool Fits(X509Certificate2 certificate, string key)
    {
        try
        {
            using var both = X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
            return both.HasPrivateKey;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The SPIFFE id of a certificate: the one URI among its alternative names.</summary>
    /// <exception cref="InvalidDataException">It has none, or several, or one of another trust domain.</exception>
    public static string SpiffeIdOf(X509Certificate2 certificate, string trustDomain)
    {
        string[] uris = [.. UrisOf(certificate)];
        return uris switch
        {
            [] => throw new InvalidDataException("it has no URI among its subject alternative names: a SPIFFE id is expected"),
            [var id] when id.StartsWith($"spiffe://{trustDomain}/", StringComparison.Ordinal) && id.Length > $"spiffe://{trustDomain}/".Length => id,
            [var id] => throw new InvalidDataException($"it is of '{id}': an id that begins with spiffe://{trustDomain}/ is expected"),
            _ => throw new InvalidDataException($"it has {uris.Length} URIs among its subject alternative names: one is expected, the SPIFFE id"),
        };
    }

    /// <summary>The region of the control plane that a certificate is of: the one URI among its alternative names is <c>spiffe://DOMAIN/region/NAME</c>.</summary>
    /// <exception cref="InvalidDataException">It is of none.</exception>
    public static string RegionOf(X509Certificate2 certificate) =>
        UrisOf(certificate) is [var id] && Uri.TryCreate(id, UriKind.Absolute, out Uri? uri) && uri is { Scheme: "spiffe", Segments: ["/", "region/", var region] }
            ? region
            : throw new InvalidDataException($"the certificate of {certificate.Subject} is of no region: one URI is expected among its alternative names, spiffe://DOMAIN/region/NAME");

    private static List<string> UrisOf(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        try
        {
            foreach (X509Extension extension in certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAlternativeName))
            {
                AsnReader names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(UriTag))
                    {
                        uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                    }
                    else
                    {
                        names.ReadEncodedValue();
                    }
                }
            }
        }
        catch (AsnContentException)
        {
            throw new InvalidDataException("its subject alternative names cannot be read");
        }
        return uris;
    }
}
