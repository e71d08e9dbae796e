namespace ControlPlane.Grains.Catalog;

public sealed record ServiceCatalogOptions
{
    /// <summary>How long one missing source may hold up everybody.</summary>
    public TimeSpan WarmTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
