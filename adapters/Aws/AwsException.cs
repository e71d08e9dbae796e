using System.Net;

namespace ControlPlane.Adapters.Aws;

/// <summary>AWS cannot be used. The message says which service, operation and region, what failed and what to do; it never holds credentials.</summary>
public sealed class AwsException : Exception
{
    public AwsException()
    {
    }

    public AwsException(string message)
        : base(message)
    {
    }

    public AwsException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The error's name in the answer, <c>ClusterNotFoundException</c>; null: there was none.</summary>
    public string? Code { get; init; }

    /// <summary>Of the answer; null: there was none.</summary>
    public HttpStatusCode? Status { get; init; }
}
