using System.Net;

namespace ControlPlane.Adapters.CloudFoundry;

/// <summary>A foundation cannot be used, or its answers cannot be trusted. The message says which part, what failed and what to do.</summary>
public sealed class CloudFoundryException : Exception
{
    public CloudFoundryException()
    {
    }

    public CloudFoundryException(string message)
        : base(message)
    {
    }

    public CloudFoundryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Of the answer; null: there was none.</summary>
    public HttpStatusCode? Status { get; init; }

    /// <summary>Whether the same request may succeed a moment later.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the server asks to wait before the next try; null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
