namespace ControlPlane.Xds.Wire;

/// <summary>
/// A response on its way: what it holds, until the client has answered it. The resources are those of the set, shared by all streams.
/// </summary>
internal sealed class Response
{
    private const int LargestKept = 64;

    public string TypeUrl { get; private set; } = "";

    public Nonce Nonce { get; set; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> of when it was made.</summary>
    public long SentAt { get; set; }

    /// <summary>SotW only.</summary>
    public string Version { get; set; } = "";

    public List<Resource> Resources { get; private set; } = [];

    /// <summary>Delta: removed. SotW: what the response no longer holds.</summary>
    public List<string> Removed { get; private set; } = [];

    /// <summary>Makes it ready for a new use.</summary>
    public void Reset(string typeUrl)
    {
        TypeUrl = typeUrl;
        Version = "";
        Resources = Cleared(Resources);
        Removed = Cleared(Removed);
    }

    private static List<T> Cleared<T>(List<T> list)
    {
        if (list.Capacity > LargestKept)
        {
            return [];
        }
        list.Clear();
        return list;
    }
}
