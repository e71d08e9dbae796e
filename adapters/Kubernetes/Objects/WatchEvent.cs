using System.Text.Json.Serialization;

namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>A line of a watch.</summary>
internal sealed record WatchEvent<T>
{
    /// <summary>ADDED, MODIFIED, DELETED or BOOKMARK. An ERROR has a <see cref="StatusObject"/> instead.</summary>
    public string Type { get; set; } = "";

    [JsonPropertyName("object")]
    public T? Item { get; set; }
}

/// <summary>The <c>Status</c> that the server answers an error with.</summary>
internal sealed record StatusObject
{
    public int Code { get; set; }

    public string? Reason { get; set; }

    public string? Message { get; set; }
}
