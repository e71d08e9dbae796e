namespace ControlPlane.Adapters;

/// <summary>
/// Watches one registry. It reports state as the registry has it, knows nothing of who listens, and keeps no policy.
/// </summary>
public interface IDiscoveryAdapter
{
    /// <summary>The source's name, unique in a region: <c>kubernetes/east</c>, <c>file</c>.</summary>
    string Source { get; }

    /// <summary>
    /// Reports everything that is there, then <see cref="Synced"/>, then each change at once. What was reported by an earlier call counts for
    /// nothing: services not reported before <see cref="Synced"/> are gone. A removal that the registry itself does not name (it is missing from a list)
    /// is reported by another full reading, from <see cref="Begun"/> to <see cref="Synced"/>, so that one bad answer cannot take away what is known.
    /// </summary>
    /// <exception cref="Exception">
    /// The registry failed. The message is shown to people as the reason why the source is stale; the caller begins anew after a back-off.
    /// What does not lose the picture (a watch that ends, a token that is renewed) is not a failure.
    /// </exception>
    IAsyncEnumerable<DiscoveryEvent> WatchAsync(CancellationToken cancellationToken);
}
