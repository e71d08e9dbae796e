namespace ControlPlane.Adapters.Kubernetes.Objects;

/// <summary>A page of a list.</summary>
internal sealed record ListPage<T>
{
    public ListMeta Metadata { get; set; } = new();

    public List<T>? Items { get; set; }
}

internal sealed record ListMeta
{
    public string ResourceVersion { get; set; } = "";

    /// <summary>Asks for the next page; empty on the last.</summary>
    public string? Continue { get; set; }
}
