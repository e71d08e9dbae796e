namespace ControlPlane.Adapters.Sources;

/// <summary>Makes an adapter when it is first needed, so that settings that cannot be used are a failure of that source, and tried again.</summary>
public sealed class DeferredAdapter(SourceDefinition definition) : IDiscoveryAdapter, IDisposable
{
    private IDiscoveryAdapter? made;

    public string Source => definition.Name;

    /// <inheritdoc/>
    public IAsyncEnumerable<DiscoveryEvent> WatchAsync(CancellationToken cancellationToken) => (made ??= definition.Create()).WatchAsync(cancellationToken);

    public void Dispose() => (made as IDisposable)?.Dispose();
}
