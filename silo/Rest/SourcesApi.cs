using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Sources;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/sources</c>.</summary>
internal static class SourcesApi
{
    private static readonly ListEndpoint<SourceView> List = new(
        source => source.Name,
        Filter<SourceView>.OfEnum("state", "Only sources in this state.", source => source.State),
        new Filter<SourceView>("cluster", "Only sources that report this cluster.", (source, cluster) => source.Clusters.Contains(cluster)));

    public static void MapSources(this IEndpointRouteBuilder api)
    {
        List.Describe(api.MapGet("/sources", (HttpRequest request, ServiceCatalog catalog) =>
            List.Answer(request, catalog.Current.Sources.Values.Select(SourceView.Of))).WithSummary("The registries that are watched, and how well they can be believed"));
        // A source's name has slashes.
        api.MapGet("/sources/{**name}", (string name, ServiceCatalog catalog) =>
            catalog.Current.Sources.TryGetValue(name, out var source) ? new EntityResult<SourceView>(SourceView.Of(source)) : RestApi.NotFound($"a source '{name}'"))
            .WithSummary("One source").Produces<SourceView>().ProducesProblem(StatusCodes.Status404NotFound);
    }
}
