using ControlPlane.Grains.Catalog;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/endpoints</c>.</summary>
internal static class EndpointsApi
{
    private static readonly ListEndpoint<EndpointView> List = new(
        endpoint => $"{endpoint.Service} {endpoint.Address} {string.Join(' ', endpoint.Ports)}",
        new Filter<EndpointView>("service", "Only endpoints of this service: mesh/namespace/name.", (endpoint, service) => endpoint.Service == service),
        new Filter<EndpointView>("namespace", "Only endpoints of services of this namespace.", (endpoint, ns) => endpoint.Service.Split('/')[1] == ns),
        new Filter<EndpointView>("cluster", "Only endpoints in this cluster.", (endpoint, cluster) => endpoint.Cluster == cluster),
        new Filter<EndpointView>("region", "Only endpoints in this region.", (endpoint, region) => endpoint.Locality.Region == region),
        new Filter<EndpointView>("zone", "Only endpoints in this zone.", (endpoint, zone) => endpoint.Locality.Zone == zone),
        new Filter<EndpointView>("address", "Only endpoints with this address.", (endpoint, address) => endpoint.Address == address),
        Filter<EndpointView>.OfEnum("health", "Only endpoints with this health.", endpoint => endpoint.Health));

    public static void MapEndpoints(this IEndpointRouteBuilder api) =>
        List.Describe(api.MapGet("/endpoints", (HttpRequest request, ServiceCatalog catalog) =>
            List.Answer(request, catalog.Current.Services.Values.SelectMany(EndpointView.Of))).WithSummary("The addresses of all services"));
}
