namespace ControlPlane.Xds;

/// <summary>Settings of the xDS server. What is wrong in them is told when the server starts.</summary>
public sealed class XdsServerOptions
{
    /// <summary>Is sent with each response (<c>control_plane.identifier</c>), 1 to 100 bytes; empty: nothing is sent.</summary>
    public string Identifier { get; set; } = "";

    /// <summary>A longer request ends its stream with RESOURCE_EXHAUSTED.</summary>
    public int MaxRequestBytes { get; set; } = 16 << 20;

    /// <summary>In delta more is split; in a state of the world it ends the stream with RESOURCE_EXHAUSTED.</summary>
    public int MaxResponseBytes { get; set; } = 64 << 20;

    /// <summary>How many types one stream may ask for.</summary>
    public int MaxTypes { get; set; } = 32;

    /// <summary>
    /// How long a route waits for the acknowledgement of clusters that it names, and how long the answer to a response may be missing before
    /// the next of its type is sent: a cluster that never warms keeps all answers back until what mends it is sent.
    /// </summary>
    public TimeSpan ClusterPatience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client that comes back may take to say what routes it has, before clusters that are gone are taken from it.</summary>
    public TimeSpan ResumeGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a listener of the proxy itself stays after the last endpoint that names it: the proxy answers when it has taken a change in, but
    /// some of its threads may be later.
    /// </summary>
    public TimeSpan ListenerGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stream that is to end waits for its first response, and for the client to read.</summary>
    public TimeSpan EndGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many proxies that were refused are remembered.</summary>
    public int RefusedKept { get; set; } = 100;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(System.Text.Encoding.UTF8.GetByteCount(Identifier), 100, nameof(Identifier));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRequestBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResponseBytes, 1024);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTypes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(ClusterPatience, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ResumeGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ListenerGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(EndGrace, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RefusedKept, 0);
    }
}
