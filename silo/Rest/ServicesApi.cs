using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/services</c>.</summary>
internal static class ServicesApi
{
    private static readonly ListEndpoint<ServiceView> List = new(
        service => $"{service.Mesh}/{service.Namespace}/{service.Name}",
        new Filter<ServiceView>("mesh", "Only services of this mesh.", (service, mesh) => service.Mesh == mesh),
        new Filter<ServiceView>("namespace", "Only services of this namespace.", (service, ns) => service.Namespace == ns),
        new Filter<ServiceView>("name", "Only services of this name.", (service, name) => service.Name == name),
        new Filter<ServiceView>("source", "Only services that this source reports.", (service, source) => service.Sources.Any(part => part.Source == source)));

    public static void MapServices(this IEndpointRouteBuilder api)
    {
        List.Describe(api.MapGet("/services", (HttpRequest request, ServiceCatalog catalog) =>
            List.Answer(request, catalog.Current.Services.Values.Select(ServiceView.Of))).WithSummary("The services, merged from all sources"));
        api.MapGet("/services/{mesh}/{ns}/{name}", (string mesh, string ns, string name, ServiceCatalog catalog) =>
        {
            var id = new ServiceId(mesh, ns, name);
            return catalog.Current.Services.TryGetValue(id, out var record)
                ? new EntityResult<ServiceDetail>(new ServiceDetail(
                    ServiceView.Of(record), EffectivePolicy.Of(id, catalog.Current.Objects<TrafficPolicy>()), [.. EndpointView.Of(record)]))
                : RestApi.NotFound($"a service '{id}'");
        }).WithSummary("One service, its endpoints, and the policy that is in force for it").Produces<ServiceDetail>().ProducesProblem(StatusCodes.Status404NotFound);
    }
}
