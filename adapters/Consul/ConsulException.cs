using System.Net;

namespace ControlPlane.Adapters.Consul;

/// <summary>A Consul server cannot be used, or its answers cannot be trusted. The message says which, what failed and what to do.</summary>
public sealed class ConsulException : Exception
{
    public ConsulException()
    {
    }

    public ConsulException(string message)
        : base(message)
    {
    }

    public ConsulException(string message, Exception innerException)
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
