using System.Collections.Immutable;

namespace ControlPlane.Xds;

/// <summary>Where a proxy stands with the resources of one type.</summary>
public sealed record TypeStatus
{
    public required string TypeUrl { get; init; }

    /// <summary>Whether it has subscribed to all there is.</summary>
    public required bool IsWildcard { get; init; }

    /// <summary>How many names it has subscribed to.</summary>
    public required int Named { get; init; }

    /// <summary>How many resources it was sent or says that it has.</summary>
    public required int Known { get; init; }

    public required long Responses { get; init; }

    public required long Accepted { get; init; }

    public required long Rejected { get; init; }

    public required DateTimeOffset? LastAnswerAt { get; init; }

    /// <summary>Since when the answer to a response is missing; null: none is. Envoy answers no response of clusters while one of them warms.</summary>
    public required DateTimeOffset? AwaitingAnswerSince { get; init; }

    /// <summary>The resources of those responses, the first of them: those that it may wait for.</summary>
    public required ImmutableArray<string> AwaitingAnswerFor { get; init; }

    /// <summary>Names subscribed to that nothing has, the first of them.</summary>
    public required ImmutableArray<string> Missing { get; init; }

    /// <summary>The latest ones, oldest first.</summary>
    public required ImmutableArray<Rejection> Rejections { get; init; }
}
