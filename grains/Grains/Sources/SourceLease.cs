namespace ControlPlane.Grains.Sources;

/// <summary>The stored lease of a source.</summary>
public sealed class SourceLease
{
    public string Holder { get; set; } = "";

    public long Epoch { get; set; }

    /// <summary>Whether a full picture was once complete, so that the stored parts are all there were.</summary>
    public bool HasPicture { get; set; }
}
