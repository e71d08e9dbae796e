namespace ControlPlane.Grains.Catalog;

public sealed record ServiceCatalogOptions
{
    /// <summary>The sources that must have been heard before the catalog is complete.</summary>
    public required IReadOnlyCollection<string> Sources { get; init; }

    /// <summary>How long one missing source may hold up everybody.</summary>
    public TimeSpan WarmTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
