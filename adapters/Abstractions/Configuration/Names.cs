using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace ControlPlane.Adapters.Configuration;

/// <summary>The forms that names, hosts and addresses may have. Each check returns what was expected, or null where the text is right.</summary>
public static class Names
{
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>RFC 1123 label: a namespace, a service, a cluster.</summary>
    public static string? Label(string text) => IsLabel(text)
        ? null
        : "expected a DNS label: at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit";

    /// <summary>RFC 1123 subdomain: labels joined by dots.</summary>
    public static string? Subdomain(string text) => IsSubdomain(text)
        ? null
        : "expected DNS labels joined by '.': at most 253 lower-case letters, digits, '-' and '.'";

    /// <summary>The name of one host.</summary>
    public static string? Host(string text) =>
        text.Contains('*') || Hostname(text) is not null ? "expected the name of one host in lower case, without a port, and no IP address" : null;

    /// <summary>A host name that may begin with <c>*.</c>, as the Gateway API has them.</summary>
    public static string? Hostname(string text) =>
        IPAddress.TryParse(text, out _) ? "expected a host name, not an IP address"
        : IsSubdomain(text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text) ? null
        : "expected a host name in lower case, without a port; it may begin with '*.'";

    /// <summary>A plain IPv4 or IPv6 address of one host.</summary>
    public static string? Address(string text)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address)
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text)
            || text.Contains('%') || text.Contains('['))
        {
            return IsSubdomain(text.TrimEnd('.'))
                ? "expected an IPv4 or IPv6 address; host names are not supported yet: write the address it resolves to"
                : "expected an IPv4 or IPv6 address, without a port";
        }
        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.IsIPv6Multicast
            || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224)
            ? "expected the address of one host: neither unspecified nor multicast nor broadcast"
            : null;
    }

    /// <summary>A plain IPv4 or IPv6 address, or the name of one host.</summary>
    public static string? HostOrAddress(string text)
    {
        bool isAddress = IPAddress.TryParse(text, out _);
        string? wrong = isAddress ? Address(text) : Host(text);
        return wrong is null || isAddress ? wrong : "expected an IPv4 or IPv6 address or a host name in lower case, without a port";
    }

    /// <summary>The authority part of a SPIFFE id. See https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md.</summary>
    public static string? TrustDomain(string text) =>
        text.Length is > 0 and <= 255 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')
            ? null
            : "expected lower-case letters, digits, '-', '_' and '.', at most 255, without spiffe:// and a port";

    /// <summary>The name of a folder: one part of a path.</summary>
    public static string? Folder(string text) =>
        text.Length is > 0 and <= 128 && text[0] != '.' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? null
            : "expected the name of a folder: letters, digits, '-', '_' and '.', no path";

    /// <summary>A service account or other identity: what may stand in a path of a SPIFFE id.</summary>
    public static string? Identity(string text) =>
        text.Length <= 253 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/')
        && !text.Split('/').Any(part => part is "" or "." or "..")
            ? null
            : "expected letters, digits, '-', '_', '.' and '/' (between parts), at most 253";

    /// <summary>RFC 9110 token: a header's name.</summary>
    public static string? HeaderName(string text) =>
        text.Length <= 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
            ? null
            : "expected the name of a header: letters, digits and '-'";

    /// <summary>An absolute path as the Gateway API wants it for Exact and PathPrefix.</summary>
    public static string? Path(string text) =>
        text is ['/', ..] && text.Length <= 1024 && text.All(c => c is > ' ' and < (char)127 and not ('?' or '#'))
        && !text.Contains("//", StringComparison.Ordinal) && !text.Split('/').Any(part => part is "." or "..")
        && !text.Contains("%2f", StringComparison.OrdinalIgnoreCase)
            ? null
            : "expected an absolute path such as /cart, at most 1024 characters, without '//', '/./', '/../', '%2f', '?', '#' and blanks";

    /// <summary>The name of a label: a name, or a DNS prefix, a slash and a name.</summary>
    public static string? LabelName(string text)
    {
        int slash = text.LastIndexOf('/');
        return IsLabelText(text[(slash + 1)..]) && (slash < 0 || IsSubdomain(text[..slash]))
            ? null
            : "expected the name of a label: at most 63 letters, digits, '-', '_' and '.', before them a DNS name and '/' if it has a prefix";
    }

    public static string? LabelValue(string text) => text.Length == 0 || IsLabelText(text)
        ? null
        : "expected the value of a label: at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";

    public static string? NotEmpty(string text) => text.Length > 0 ? null : "expected some text";

    internal static bool IsLabel(string text) =>
        text.Length is > 0 and <= 63 && text[0] != '-' && text[^1] != '-' && !text.AsSpan().ContainsAnyExcept(LabelCharacters);

    private static bool IsLabelText(string text) =>
        text.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static bool IsSubdomain(string text) => text.Length is > 0 and <= 253 && text.Split('.').All(IsLabel);
}
