namespace ControlPlane.Xds.Wire;

/// <summary>A request of either variant. One object serves all requests of a stream, one after the other.</summary>
internal sealed class DiscoveryRequest
{
    private const int LargestKept = 64;

    public string TypeUrl { get; set; } = "";

    /// <summary>Null: not said, or not asked for.</summary>
    public ProxyNode? Node { get; set; }

    /// <summary>SotW: all names subscribed to. Delta: those added.</summary>
    public List<string> Names { get; private set; } = [];

    /// <summary>Delta only.</summary>
    public List<string> Unsubscribed { get; private set; } = [];

    /// <summary>Delta only: what the client has from an earlier stream, by name.</summary>
    public Dictionary<string, string> InitialVersions { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>SotW only.</summary>
    public string Version { get; set; } = "";

    public Nonce Nonce { get; set; }

    /// <summary>Not null: the response with this nonce is rejected, for this reason.</summary>
    public string? Error { get; set; }

    public void Clear()
    {
        TypeUrl = "";
        Node = null;
        Version = "";
        Nonce = Nonce.None;
        Error = null;
        Names = Cleared(Names);
        Unsubscribed = Cleared(Unsubscribed);
        if (InitialVersions.Count > 0)
        {
            InitialVersions = new Dictionary<string, string>(StringComparer.Ordinal);
        }
    }

    private static List<string> Cleared(List<string> names)
    {
        if (names.Capacity > LargestKept)
        {
            return [];
        }
        names.Clear();
        return names;
    }
}
