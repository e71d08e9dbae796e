using ControlPlane.Xds;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>A proxy, and what it has of what it was sent.</summary>
/// <param name="Id">Its <c>node.id</c>.</param>
/// <param name="Protocol"><c>delta</c> or <c>sotw</c>.</param>
/// <param name="Cluster">Its <c>node.cluster</c>.</param>
/// <param name="Identity">Who it has proved to be in its mesh, a SPIFFE id; null: nobody.</param>
/// <param name="IdentityProblem">Why it has no key of its mesh; null: it has, or needs none.</param>
/// <param name="Since">Since when it is connected, or when it was refused last.</param>
/// <param name="Reason">Why it is refused; null: it is not.</param>
public sealed record ProxyView(
    string Id, string? Kind, ProxyState State, string? Protocol, string Cluster, LocalityView? Locality, string Address, string? UserAgent,
    string? Identity, string? IdentityProblem, DateTimeOffset Since, string? Reason, IReadOnlyList<ProxyTypeView> Types)
{
    public static ProxyView Of(ProxyStatus status)
    {
        ProxyTypeView[] types = [.. status.Types.Select(ProxyTypeView.Of)];
        return new ProxyView(
            status.Node, status.Kind,
            types.Any(type => type.IsRejected) ? ProxyState.Rejected : types.Any(type => type.AwaitingAnswerSince is not null) ? ProxyState.Waiting : ProxyState.Synced,
            status.IsDelta ? "delta" : "sotw", status.Cluster, LocalityView.Of(new Model.Locality(status.Region, status.Zone, status.SubZone)), status.Remote,
            $"{status.UserAgent} {status.UserAgentVersion}".Trim(), status.Identity, status.IdentityProblem, status.ConnectedAt, null, types);
    }

    public static ProxyView Of(RefusedProxy refused) => new(
        refused.Node, null, ProxyState.Refused, null, refused.Cluster, null, refused.Remote, null, null, null, refused.At, refused.Reason, []);
}

/// <summary>How far a proxy is.</summary>
public enum ProxyState
{
    /// <summary>It has accepted the newest of everything.</summary>
    Synced,

    /// <summary>It has yet to answer something.</summary>
    Waiting,

    /// <summary>It has rejected the newest of something, and keeps what it had before.</summary>
    Rejected,

    /// <summary>What it says of itself is wrong: it is not served.</summary>
    Refused,
}

/// <summary>A type of resources at a proxy.</summary>
/// <param name="Type">Short: <c>Cluster</c>, <c>ClusterLoadAssignment</c>, <c>Listener</c>, <c>RouteConfiguration</c>.</param>
/// <param name="Subscribed">How many names it asks for; null: all that there are.</param>
/// <param name="Known">How many resources it has.</param>
/// <param name="Accepted">How many responses it has accepted, <paramref name="Rejected"/> how many not.</param>
/// <param name="IsRejected">Whether its last answer was a rejection.</param>
/// <param name="AwaitingAnswerSince">Since when an answer of it is awaited; null: none is.</param>
/// <param name="AwaitingAnswerFor">What it may wait for before it answers: Envoy answers nothing while a cluster warms.</param>
/// <param name="Missing">Names it asks for that do not exist, the first of them.</param>
/// <param name="Rejections">The latest ones, oldest first.</param>
public sealed record ProxyTypeView(
    string Type, int? Subscribed, int Known, long Accepted, long Rejected, bool IsRejected, DateTimeOffset? AwaitingAnswerSince,
    IReadOnlyList<string> AwaitingAnswerFor, IReadOnlyList<string> Missing, IReadOnlyList<RejectionView> Rejections)
{
    public static ProxyTypeView Of(TypeStatus status) => new(
        status.TypeUrl[(status.TypeUrl.LastIndexOf('.') + 1)..], status.IsWildcard ? null : status.Named, status.Known, status.Accepted, status.Rejected,
        !status.Rejections.IsEmpty && status.Rejections[^1].At == status.LastAnswerAt, status.AwaitingAnswerSince, status.AwaitingAnswerFor, status.Missing,
        [.. status.Rejections.Select(rejection => new RejectionView(rejection.At, rejection.Message, rejection.Resources, rejection.Origins))]);
}

/// <summary>Something that a proxy has rejected.</summary>
/// <param name="Message">In the proxy's own words.</param>
/// <param name="Resources">Which of what it was sent; those of the whole response, where its words name none.</param>
/// <param name="Origins">The objects or files that they come from.</param>
public sealed record RejectionView(DateTimeOffset At, string Message, IReadOnlyList<string> Resources, IReadOnlyList<string> Origins);
