namespace ControlPlane.Adapters.Regions.Wire;

/// <summary>What both ends of a link hold to.</summary>
public static class RegionProtocol
{
    /// <summary>Where links are opened: <c>POST</c> with a <see cref="RegionHello"/>, answered by lines of <see cref="RegionLine"/> that do not end.</summary>
    public const string Path = "/v1/link";

    /// <summary>What names the region that asks where no certificate does.</summary>
    public const string NameHeader = "x-controlplane-region";

    /// <summary>Of the answer.</summary>
    public const string ContentType = "application/x-ndjson";

    /// <summary>A link on which nothing comes for so long is dead. The author says within a third of it that it lives.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(6);
}
