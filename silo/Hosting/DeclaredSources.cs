using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Silo.Hosting;

/// <summary>The sources that <c>Source</c> objects of the configuration name.</summary>
internal sealed class DeclaredSources(
    CommandLineSources first, SourceTypes types, IClusterObjects clusters, SourceMetrics metrics, IRegionIdentity region, TimeProvider time)
    : ISourceProvider, ICatalogObserver
{
    private readonly Channel<Source[]> changes = Channel.CreateBounded<Source[]>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private Source[]? known;

    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change)
    {
        // No configuration may only mean that nobody has said it yet.
        if (snapshot.Configuration is null && !first.Definitions.All(definition => snapshot.Sources.GetValueOrDefault(definition.Name)?.State == SourceState.Live))
        {
            return;
        }
        Source[] now = [.. snapshot.Objects<Source>()];
        if (known is null || !known.AsSpan().SequenceEqual(now))
        {
            known = now;
            changes.Writer.TryWrite(now);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyCollection<SourceDefinition>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (first.Definitions.Count == 0)
        {
            // Nobody is there who could declare one.
            yield return [];
        }
        await foreach (Source[] sources in changes.Reader.ReadAllAsync(cancellationToken))
        {
            yield return [.. sources.Select(source => new SourceDefinition(
                source.SourceName, (source with { Origin = "" }).ToString(), () => types.Create(source, ContextOf(source)), source.MaxRemovalPercent))];
        }
    }

    private SourceContext ContextOf(Source source) => new(clusters, metrics.CallsOf(source.SourceName), time) { Region = region };
}
