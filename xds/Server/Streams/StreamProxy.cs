namespace ControlPlane.Xds.Streams;

/// <summary>The admitted proxy of a stream.</summary>
internal sealed class StreamProxy(ProxyNode node, string kind, ProxyResources resources)
{
    // The metadata is for admission alone.
    public ProxyNode Node { get; } = node with { Metadata = null };

    public string Kind => kind;

    public ProxyResources Resources => resources;

    public CancellationTokenRegistration Expired { get; set; }

    public void Release()
    {
        Expired.Unregister();
        resources.Release?.Invoke();
    }
}
