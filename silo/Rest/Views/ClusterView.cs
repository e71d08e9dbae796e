using ControlPlane.Grains.Clusters;
using ControlPlane.Model.Sources;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>A cluster: what was declared of it, and how well it is known.</summary>
/// <param name="Declared">Whether a <c>Cluster</c> object says what it is; if not, its mesh, network and locality are not known.</param>
/// <param name="State">The worst of its sources.</param>
/// <param name="StaleSince">Since when the first of its sources has been failing; null: none is.</param>
/// <param name="Reason">Why that source is failing.</param>
public sealed record ClusterView(
    string Name, bool Declared, string? Platform, string? Mesh, string? Network, LocalityView? Locality, SourceState State,
    DateTimeOffset? StaleSince, string? Reason, IReadOnlyList<string> Sources, int Services, int Endpoints)
{
    public static ClusterView Of(ClusterStatus status)
    {
        var stale = status.Sources.Where(source => source.State != SourceState.Live).OrderBy(source => source.Since).FirstOrDefault();
        return new ClusterView(
            status.Name, status.Declared is not null, status.Declared?.Platform is { Length: > 0 } platform ? platform : null, status.Declared?.Mesh,
            status.Declared?.Network, status.Declared is { } declared ? LocalityView.Of(declared.Locality) : null, status.State, stale?.Since,
            stale?.Reason is { Length: > 0 } reason ? reason : null, [.. status.Sources.Select(source => source.Source)], status.Services, status.Endpoints);
    }
}
