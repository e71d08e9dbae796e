using ControlPlane.Model.Catalog;
using ControlPlane.Model.Sources;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>A source, and how much it can be believed now.</summary>
/// <param name="Since">Since when it has been in this state.</param>
/// <param name="Reason">Why it is not live; null: it is.</param>
/// <param name="LastGood">When what it says was last known to be right; null: it is live, or never was.</param>
/// <param name="Holder">The process that watches it; null: none.</param>
public sealed record SourceView(
    string Name, SourceState State, DateTimeOffset Since, string? Reason, DateTimeOffset? LastGood, string? Holder, IReadOnlyList<string> Clusters, int Services, int Endpoints,
    IReadOnlyList<ProblemView> Problems)
{
    public static SourceView Of(SourceRecord source) => new(
        source.Source, source.State, source.Since, Known(source.Reason), source.LastGood, Known(source.Holder), [.. source.Clusters.Select(share => share.Cluster)],
        source.Clusters.Sum(share => share.Services), source.Clusters.Sum(share => share.Endpoints), [.. source.Problems.Select(ProblemView.Of)]);

    private static string? Known(string text) => text.Length == 0 ? null : text;
}
