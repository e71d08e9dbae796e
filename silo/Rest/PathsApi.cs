using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;
using ControlPlane.Routing;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/paths</c>: from everywhere to every service.</summary>
internal static class PathsApi
{
    private static readonly ListEndpoint<PathView> List = new(
        path => $"{path.From} {path.To} {path.Tier:000} {path.Locality} {string.Join(' ', path.Gateways)}",
        new Filter<PathView>("cluster", "Only those of callers in this cluster.", (path, cluster) => path.From.Split('@')[0] == cluster),
        new Filter<PathView>("mesh", "Only those of callers of this mesh.", (path, mesh) => path.Mesh == mesh),
        new Filter<PathView>("network", "Only those of callers in this network.", (path, network) => path.Network == network),
        new Filter<PathView>("service", "Only those to this service: mesh/namespace/name.", (path, service) => path.Service == service),
        new Filter<PathView>("gateway", "Only those through this gateway.", (path, gateway) => path.Gateways.Contains(gateway)),
        Filter<PathView>.OfEnum("kind", "Only those of this kind.", path => path.Kind));

    public static void MapPaths(this IEndpointRouteBuilder api) =>
        List.Describe(api.MapGet("/paths", (HttpRequest request, ServiceCatalog catalog) => List.Answer(request, All(catalog.Current)))
            .WithSummary("How each place reaches each service: directly or through which gateways, in which tier, with which share, at what cost"));

    /// <summary>All of them.</summary>
    public static IEnumerable<PathView> All(CatalogSnapshot snapshot) => All(snapshot, Topology.Of(snapshot), _ => true, _ => true);

    /// <summary>Those to some services from some places.</summary>
    public static IEnumerable<PathView> All(CatalogSnapshot snapshot, Topology topology, Func<ServiceRecord, bool> to, Func<RoutingView, bool> callers) =>
        from call in PossibleCall.All(snapshot, topology, callers, to)
        let explanation = Explanation.Of(call.Router, call.Service.Service, call.Service.Endpoints, call.Port, call.Policy)
        from path in PathView.Of(call.Router.View, call.Service, call.Service.Ports[call.Port].Port, explanation)
        select path;
}
