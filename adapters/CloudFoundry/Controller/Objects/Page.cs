namespace ControlPlane.Adapters.CloudFoundry.Controller.Objects;

/// <summary>A page of a list. See https://v3-apidocs.cloudfoundry.org/#pagination.</summary>
internal sealed record Page<T>
{
    public required Pagination Pagination { get; set; }

    public required List<T> Resources { get; set; }
}

internal sealed record Pagination
{
    /// <summary>Of all pages.</summary>
    public required int TotalResults { get; set; }

    /// <summary>Null: this is the last page.</summary>
    public Link? Next { get; set; }
}

internal sealed record Link
{
    public string? Href { get; set; }
}
