using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
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
    public static IEnumerable<PathView> All(CatalogSnapshot snapshot, Topology topology, Func<ServiceRecord, bool> to, Func<RoutingView, bool> from)
    {
        TrafficPolicy[] policies = [.. snapshot.Objects<TrafficPolicy>()];
        foreach (RoutingView view in CallerPlaces.Of(snapshot, topology).Where(from))
        {
            var router = new ViewRouter(view, topology);
            foreach (ServiceRecord service in CallerPlaces.ServicesFor(view, snapshot, topology).Where(service => service.ExternalName.Length == 0 && to(service)))
            {
                EffectivePolicy policy = EffectivePolicy.Of(service.Service, policies);
                for (int port = 0; port < service.Ports.Count; port++)
                {
                    Explanation explanation = Explanation.Of(router, service.Service, service.Endpoints, port, policy);
                    foreach (PathView path in PathView.Of(view, service, service.Ports[port].Port, explanation))
                    {
                        yield return path;
                    }
                }
            }
        }
    }
}
