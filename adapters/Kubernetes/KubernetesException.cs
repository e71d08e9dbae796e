using System.Net;

namespace ControlPlane.Adapters.Kubernetes;

/// <summary>A Kubernetes API server cannot be used. The message says which, what failed and what to do.</summary>
public sealed class KubernetesException : Exception
{
    public KubernetesException()
    {
    }

    public KubernetesException(string message)
        : base(message)
    {
    }

    public KubernetesException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Of the answer; null: there was none.</summary>
    public HttpStatusCode? Status { get; init; }
}
