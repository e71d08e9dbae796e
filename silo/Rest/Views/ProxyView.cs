namespace ControlPlane.Silo.Rest.Views;

/// <summary>A proxy, and what it has of what it was sent.</summary>
/// <param name="Id">Its <c>node.id</c>.</param>
/// <param name="Protocol"><c>delta</c> or <c>sotw</c>.</param>
/// <param name="Reason">Why it is refused; null: it is not.</param>
public sealed record ProxyView(
    string Id, string Kind, ProxyState State, string Protocol, string Cluster, LocalityView Locality, string Address, string UserAgent,
    DateTimeOffset ConnectedSince, string? Reason, IReadOnlyList<ProxyTypeView> Types);

/// <summary>How far a proxy is.</summary>
public enum ProxyState
{
    /// <summary>It has accepted the newest of everything.</summary>
    Synced,

    /// <summary>It has yet to answer something.</summary>
    Waiting,

    /// <summary>It has rejected something, and keeps what it had before.</summary>
    Rejected,

    /// <summary>What it says of itself is wrong: it is not served.</summary>
    Refused,
}

/// <summary>A type of resources at a proxy.</summary>
/// <param name="Type">Short: <c>Cluster</c>, <c>ClusterLoadAssignment</c>, <c>Listener</c>, <c>RouteConfiguration</c>.</param>
/// <param name="Subscribed">How many names it asks for; null: all that there are.</param>
/// <param name="Accepted">How many resources it has accepted.</param>
/// <param name="WaitingSince">Since when an answer of it is awaited; null: none is.</param>
/// <param name="Missing">Names it asks for that do not exist.</param>
public sealed record ProxyTypeView(
    string Type, int? Subscribed, int Accepted, DateTimeOffset? WaitingSince, IReadOnlyList<string> Missing, IReadOnlyList<RejectionView> Rejections);

/// <summary>Something that a proxy has rejected.</summary>
/// <param name="Message">In the proxy's own words.</param>
/// <param name="Resources">Which of what it was sent then; all of them, where its words name none.</param>
/// <param name="Origins">The objects or files that they come from.</param>
public sealed record RejectionView(DateTimeOffset At, string Message, IReadOnlyList<string> Resources, IReadOnlyList<string> Origins);
