using System.Collections.Immutable;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Model.Catalog;

/// <summary>Everything that a silo knows at one moment.</summary>
public sealed record CatalogSnapshot
{
    public static CatalogSnapshot Empty { get; } = new();

    public ImmutableDictionary<ServiceId, ServiceRecord> Services { get; init; } = ImmutableDictionary<ServiceId, ServiceRecord>.Empty;

    public ImmutableDictionary<string, SourceRecord> Sources { get; init; } = ImmutableDictionary<string, SourceRecord>.Empty;

    public ConfigRecord? Configuration { get; init; }

    /// <summary>Null: nothing is known.</summary>
    public ReachRecord? Reach { get; init; }

    public Completeness Completeness { get; init; }

    /// <summary>
    /// Whether all that this region is itself the author of is there: each of its own sources is in sync, or fails and its last picture is here. Until then
    /// other regions must take nothing for gone.
    /// </summary>
    public bool IsOwnComplete { get; init; }

    public IEnumerable<T> Objects<T>() where T : ConfigObject => Configuration?.Objects.OfType<T>() ?? [];
}

/// <summary>How much of the world a silo knows.</summary>
public enum Completeness
{
    /// <summary>Not all sources have been heard: an answer now would look as if the rest did not exist.</summary>
    Waiting,

    /// <summary>
    /// What was known before the process began, and may lack its last second: enough for proxies that have nothing. One that comes back with more
    /// keeps what it has, until each source has been heard or is known to fail.
    /// </summary>
    Remembered,

    /// <summary>The time to wait is over and a source is still missing: what is known is served, nothing is taken away.</summary>
    Partial,
    Complete,
}

/// <summary>What is different from the snapshot before.</summary>
/// <param name="Services">Changed, new or gone.</param>
/// <param name="Configuration">Whether the configuration has changed, or what is known of the ways between networks.</param>
public sealed record CatalogChange(IReadOnlyCollection<ServiceId> Services, bool Configuration, bool Completeness);

/// <summary>Hears of every new snapshot, in order, from one caller at a time.</summary>
public interface ICatalogObserver
{
    void OnChanged(CatalogSnapshot snapshot, CatalogChange change);
}
