using ControlPlane.Adapters.Regions;
using ControlPlane.Adapters.Sources;
using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Silo.Regions;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/regions</c>.</summary>
internal static class RegionsApi
{
    private static readonly ListEndpoint<RegionView> List = new(
        region => region.Name, Filter<RegionView>.OfEnum("state", "Only regions in this state.", region => region.State));

    public static void MapRegions(this IEndpointRouteBuilder api) =>
        List.Describe(api.MapGet("/regions", async (
            HttpRequest request, ServiceCatalog catalog, RegionSourceType links, IRegionIdentity identity, RegionMetrics open, CancellationToken cancellationToken) =>
            {
                CatalogSnapshot snapshot = catalog.Current;
                var views = new List<RegionView>();
                foreach (Source source in snapshot.Objects<Source>().Where(source => source.Type == RegionSources.Type))
                {
                    SourceRecord? record = snapshot.Sources.GetValueOrDefault(source.SourceName);
                    long generation = await identity.GenerationOfAsync(source.Name, cancellationToken);
                    views.Add(new RegionView(
                        source.Name, links.SettingsOf(source).Address, record?.State ?? SourceState.Warming, record?.Reason is { Length: > 0 } reason ? reason : null, record?.Since,
                        record?.LastGood, generation == 0 ? null : generation, record?.Clusters.Sum(share => share.Services) ?? 0, record?.Clusters.Sum(share => share.Endpoints) ?? 0,
                        open.Open.FirstOrDefault(link => link.Region == source.Name)));
                }
                return List.Answer(request, views);
            }).WithSummary("The other regions that this one is linked with"));
}
