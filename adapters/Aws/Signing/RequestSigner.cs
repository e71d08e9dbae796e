using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Auth;

namespace ControlPlane.Adapters.Aws.Signing;

/// <summary>Signature Version 4 in the header <c>Authorization</c>. The canonical form is made here, the rest is the SDK's.</summary>
internal static class RequestSigner
{
    public static void Sign(
        HttpRequestMessage request, ReadOnlySpan<byte> body, ImmutableCredentials credentials, string region, string service, DateTimeOffset now)
    {
        request.Headers.TryAddWithoutValidation("X-Amz-Date", now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        if (credentials.UseToken)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", credentials.Token);
        }
        SortedDictionary<string, string> headers = Headers(request);
        string signed = string.Join(';', headers.Keys);
        string canonical = string.Join('\n',
            request.Method.Method,
            Path(request.RequestUri!),
            Query(request.RequestUri!),
            string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n")),
            signed,
            Convert.ToHexStringLower(SHA256.HashData(body)));
        AWS4SigningResult result = AWS4Signer.ComputeSignature(credentials, region, now.UtcDateTime, service, signed, canonical);
        request.Headers.TryAddWithoutValidation("Authorization", result.ForAuthorizationHeader);
    }

    private static SortedDictionary<string, string> Headers(HttpRequestMessage request)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.RequestUri!.Authority };
        foreach ((string name, IEnumerable<string> values) in request.Headers.NonValidated.Select(header => (header.Key, header.Value.AsEnumerable())))
        {
            // Proxies may change others on the way.
            if (name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase))
            {
#pragma warning disable CA1308 // The canonical form is in lower case.
                headers[name.ToLowerInvariant()] = string.Join(',', values.Select(value => value.Trim()));
#pragma warning restore CA1308
            }
        }
        if (request.Content?.Headers.ContentType?.ToString() is { } type)
        {
            headers["content-type"] = type;
        }
        return headers;
    }

    /// <summary>Every segment is encoded once more than it is in the request.</summary>
    private static string Path(Uri address) => string.Join('/', address.AbsolutePath.Split('/').Select(Uri.EscapeDataString));

    private static string Query(Uri address)
    {
        IEnumerable<string> parts = address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2))
            .Select(pair => (Name: Encoded(pair[0]), Value: pair.Length == 2 ? Encoded(pair[1]) : ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
            .Select(pair => $"{pair.Name}={pair.Value}");
        return new StringBuilder().AppendJoin('&', parts).ToString();
    }

    private static string Encoded(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));
}
