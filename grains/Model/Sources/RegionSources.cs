using ControlPlane.Model.Configuration;

namespace ControlPlane.Model.Sources;

/// <summary>Other regions of the control plane are sources, too: <c>region/us</c>.</summary>
public static class RegionSources
{
    /// <summary>The kind of source, the first part of its name.</summary>
    public const string Type = "region";

    private const string Prefix = Type + "/";

    /// <summary>
    /// Whether regions tell each other of an object: it is needed to reach endpoints. Of anything else another region has no say: a Source, say, would make
    /// this one open files and connections.
    /// </summary>
    public static bool AreTold(ConfigObject item) => item is Cluster or Network or RegionGateway;

    public static string NameOf(string region) => Prefix + region;

    /// <summary>Whether a source is another region: what it says is not this region's own word.</summary>
    public static bool IsRegion(string source) => source.StartsWith(Prefix, StringComparison.Ordinal);
}
