namespace ControlPlane.Model.Sources;

/// <summary>Other regions of the control plane are sources, too: <c>region/us</c>.</summary>
public static class RegionSources
{
    /// <summary>The kind of source, the first part of its name.</summary>
    public const string Type = "region";

    private const string Prefix = Type + "/";

    public static string NameOf(string region) => Prefix + region;

    /// <summary>Whether a source is another region: what it says is not this region's own word.</summary>
    public static bool IsRegion(string source) => source.StartsWith(Prefix, StringComparison.Ordinal);
}
