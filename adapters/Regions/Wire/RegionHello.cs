namespace ControlPlane.Adapters.Regions.Wire;

/// <summary>What a region says when it opens a link: who it is, and what it has from before.</summary>
public sealed record RegionHello
{
    /// <summary>The name of the region that asks.</summary>
    public required string Region { get; init; }

    /// <summary>The highest generation of the answering region that it has heard; 0: none.</summary>
    public long Generation { get; init; }

    /// <summary>The services that it has of the answering region, by name, and of each the version.</summary>
    public IReadOnlyDictionary<string, string> Have { get; init; } = new Dictionary<string, string>();
}
