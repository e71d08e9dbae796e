namespace ControlPlane.Adapters.Files;

/// <summary>What a <see cref="FileAdapter"/> watches.</summary>
public sealed record FileAdapterOptions
{
    /// <summary>The source's name.</summary>
    public string Source { get; init; } = "file";

    /// <summary>A file, or a folder with its subfolders.</summary>
    public required string Path { get; init; }

    /// <summary>How often everything is compared with what is known, for notices that the system does not give: links that are swapped, network file systems.</summary>
    public TimeSpan ComparePeriod { get; init; } = TimeSpan.FromSeconds(2);
}
