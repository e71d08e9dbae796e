using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>A line of a watch.</summary>
internal sealed record WatchEvent<T>
{
    /// <summary>ADDED, MODIFIED, DELETED or BOOKMARK. An ERROR has a <see cref="StatusObject"/> instead.</summary>
    public string Type { get; init; } = "";

    [JsonPropertyName("object")]
    public T? Item { get; init; }
}

/// <summary>The <c>Status</c> that the server answers an error with.</summary>
internal sealed record StatusObject
{
    public int Code { get; init; }

    public string? Reason { get; init; }

    public string? Message { get; init; }
}
