using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Clusters;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/clusters</c>: asked of the clusters' grains.</summary>
internal static class ClustersApi
{
    private static readonly ListEndpoint<ClusterView> List = new(
        cluster => cluster.Name,
        Filter<ClusterView>.OfEnum("state", "Only clusters whose worst source is in this state.", cluster => cluster.State),
        new Filter<ClusterView>("mesh", "Only clusters of this mesh.", (cluster, mesh) => cluster.Mesh == mesh),
        new Filter<ClusterView>("network", "Only clusters of this network.", (cluster, network) => cluster.Network == network));

    public static void MapClusters(this IEndpointRouteBuilder api)
    {
        List.Describe(api.MapGet("/clusters", (HttpRequest request, ServiceCatalog catalog, IGrainFactory grains) =>
            AskAsync(grains, Names(catalog.Current), all => List.Answer(request, all))).WithSummary("The clusters, what was declared of them, and the state of the sources that report them").ProducesProblem(StatusCodes.Status503ServiceUnavailable));
        api.MapGet("/clusters/{name}", async (string name, ServiceCatalog catalog, IGrainFactory grains) =>
            Names(catalog.Current).Contains(name)
                ? await AskAsync(grains, [name], all => new EntityResult<ClusterView>(all.Single()))
                : RestApi.NotFound($"a cluster '{name}'")).WithSummary("One cluster").Produces<ClusterView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static HashSet<string> Names(CatalogSnapshot snapshot) =>
        [.. snapshot.Objects<Cluster>().Select(cluster => cluster.Name), .. snapshot.Sources.Values.SelectMany(source => source.Clusters).Select(share => share.Cluster)];

    private static async Task<IResult> AskAsync(IGrainFactory grains, IEnumerable<string> names, Func<IEnumerable<ClusterView>, IResult> answer)
    {
        try
        {
            ClusterStatus[] all = await Task.WhenAll(names.Select(name => grains.GetGrain<IClusterGrain>(name).GetAsync()));
            return answer(all.Select(ClusterView.Of));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Results.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "The clusters cannot be asked now");
        }
    }
}
