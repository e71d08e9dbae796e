using System.Globalization;
using System.Net;

namespace ControlPlane.Adapters.Aws.Client;

/// <summary>A try that failed.</summary>
internal sealed record AwsFailure(AwsFailureKind Kind, string Reason)
{
    /// <summary>The error's name in the answer; empty: there was none.</summary>
    public string Code { get; init; } = "";

    public HttpStatusCode? Status { get; init; }

    /// <summary>What the answer asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The time at the service.</summary>
    public DateTimeOffset? Date { get; init; }

    public bool MayPass => Kind is AwsFailureKind.Throttled or AwsFailureKind.Unreachable or AwsFailureKind.TimedOut or AwsFailureKind.Broken;

    /// <summary>As <see cref="ApiCall.Outcome"/> has it.</summary>
    public string Outcome => Kind switch
    {
        AwsFailureKind.Throttled => "throttled",
        AwsFailureKind.Unreachable => "unreachable",
        AwsFailureKind.TimedOut => "timeout",
        AwsFailureKind.Unreadable => "malformed",
        _ => ((int)Status!).ToString(CultureInfo.InvariantCulture),
    };

    public AwsException ToException(AwsOperation operation, string region, int tries) =>
        new($"{operation} in {region}: {Reason}{(tries > 1 && MayPass ? string.Create(CultureInfo.InvariantCulture, $", {tries} times") : "")}{Hint}")
        {
            Code = Code.Length == 0 ? null : Code,
            Status = Status,
        };

    private string Hint => Kind == AwsFailureKind.Throttled ? ": lower the requests per second of its sources, or ask AWS for a higher limit" : "";
}
