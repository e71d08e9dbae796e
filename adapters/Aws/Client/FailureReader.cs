using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Amazon.Runtime;

namespace ControlPlane.Adapters.Aws.Client;

/// <summary>Makes failures of answers and exceptions, in words that help.</summary>
internal static partial class FailureReader
{
    private const int LongestQuote = 300;

    public static AwsFailure Answer(
        AwsOperation operation, string region, HttpResponseMessage response, ReadOnlyMemory<byte> body, ImmutableCredentials credentials, DateTimeOffset now)
    {
        AwsError error = AwsError.Read(response.Headers, body);
        AwsFailureKind kind = KindOf(response.StatusCode, error.Code);
        string name = Name(response.StatusCode, error.Code);
        string said = Quote(error.Message, credentials);
        string reason = kind switch
        {
            AwsFailureKind.Throttled => $"too many requests ({name})",
            // The messages of these may repeat what was signed, and with it the session's token.
            AwsFailureKind.Credentials when AwsErrorCodes.IsSkew(error.Code) =>
                $"the clock of this machine differs from that of AWS{Difference(response, now)} ({name}): set it",
            AwsFailureKind.Credentials => $"the credentials are not accepted ({name}): renew them"
                + (AwsErrorCodes.MayBeRegion(error.Code) ? $", or enable the region {region} in the account" : ""),
            AwsFailureKind.Denied => $"it is not allowed ({name}): allow {Action(operation, error.Message)} in the policy of the identity that is used{said}",
            _ => $"the answer is {name}{said}",
        };
        return new AwsFailure(kind, reason)
        {
            Code = error.Code,
            Status = response.StatusCode,
            RetryAfter = response.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } => date - now,
                _ => null,
            },
            Date = response.Headers.Date,
        };
    }

    public static AwsFailure TooLarge(string host, int limit) =>
        new(AwsFailureKind.Unreadable, string.Create(CultureInfo.InvariantCulture, $"{host} answered something that cannot be read: more than {limit / (1024 * 1024)} MiB"));

    public static AwsFailure Unreadable(string host, Exception error) =>
        new(AwsFailureKind.Unreadable, $"{host} answered something that cannot be read ({Short(error.Message)})");

    public static AwsFailure TimedOut(string host, TimeSpan limit) =>
        new(AwsFailureKind.TimedOut, string.Create(CultureInfo.InvariantCulture, $"no answer from {host} within {limit.TotalSeconds} s"));

    public static AwsFailure BrokenOff(string host, Exception error) =>
        new(AwsFailureKind.Unreachable, $"the answer of {host} broke off: {Short(error.Message)}");

    public static AwsFailure Unreachable(string host, Exception error)
    {
        string reason = error.InnerException switch
        {
            AuthenticationException tls => $"its certificate is not trusted ({tls.Message})",
            SocketException socket => socket.Message,
            { } inner => $"{error.Message} ({inner.Message})",
            null => error.Message,
        };
        return new AwsFailure(AwsFailureKind.Unreachable, $"{host} cannot be reached: {Short(reason)}");
    }

    private static AwsFailureKind KindOf(HttpStatusCode status, string code) => (int)status switch
    {
        _ when AwsErrorCodes.IsThrottling(code) => AwsFailureKind.Throttled,
        _ when AwsErrorCodes.IsCredentials(code) || AwsErrorCodes.IsSkew(code) => AwsFailureKind.Credentials,
        _ when AwsErrorCodes.IsAccess(code) => AwsFailureKind.Denied,
        429 => AwsFailureKind.Throttled,
        401 => AwsFailureKind.Credentials,
        403 when code.Length == 0 => AwsFailureKind.Denied,
        408 or >= 500 => AwsFailureKind.Broken,
        _ => AwsFailureKind.Refused,
    };

    private static string Name(HttpStatusCode status, string code) =>
        code.Length > 0 ? code : ((int)status).ToString(CultureInfo.InvariantCulture);

    /// <summary>What the answer says is missing: it may be another action than the one that was called.</summary>
    private static string Action(AwsOperation operation, string message) =>
        MissingAction().Match(message) is { Success: true } match ? match.Groups[1].Value : operation.ToString();

    private static string Difference(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.Date is { } date ? string.Create(CultureInfo.InvariantCulture, $" by {(date - now).Duration().TotalSeconds:0} s") : "";

    private static string Quote(string message, ImmutableCredentials credentials)
    {
        bool leaks = new[] { credentials.AccessKey, credentials.SecretKey, credentials.Token }
            .Any(secret => secret is { Length: > 0 } && message.Contains(secret, StringComparison.Ordinal));
        return message.Length == 0 || leaks ? "" : $" ({Short(message)})";
    }

    private static string Short(string text)
    {
        string line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= LongestQuote ? line : line[..LongestQuote].Trim() + "...";
    }

    [GeneratedRegex(@"not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex MissingAction();
}
