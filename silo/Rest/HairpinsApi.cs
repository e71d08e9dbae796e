using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/hairpins</c>: calls that take a longer way than they would have to, or would if routing let them.</summary>
internal static class HairpinsApi
{
    private static readonly ListEndpoint<HairpinView> List = new(
        hairpin => $"{hairpin.From} {hairpin.To} {string.Join(' ', hairpin.Path)} {hairpin.Cause}",
        Filter<HairpinView>.OfEnum("cause", "Only those with this cause.", hairpin => hairpin.Cause),
        new Filter<HairpinView>("cluster", "Only those of callers in this cluster.", (hairpin, cluster) => hairpin.From.Split('@')[0] == cluster),
        new Filter<HairpinView>("service", "Only those of calls to this service: mesh/namespace/name.", (hairpin, service) => hairpin.Service == service),
        new Filter<HairpinView>("gateway", "Only those through this gateway.", (hairpin, gateway) => hairpin.Gateways.Contains(gateway)),
        new Filter<HairpinView>("taken", "Only those that requests take (true), or that are avoided (false).", (hairpin, taken) => hairpin.IsTaken.ToString().Equals(taken, StringComparison.OrdinalIgnoreCase))
        {
            Values = ["true", "false"],
        });

    public static void MapHairpins(this IEndpointRouteBuilder api) =>
        List.Describe(api.MapGet("/hairpins", (HttpRequest request, ServiceCatalog catalog) => List.Answer(request, Find(catalog.Current).Select(HairpinView.Of)))
            .WithSummary("Calls whose path crosses a gateway, zone or region that a cheaper one would not, with what stands in its way"));

    /// <summary>All of them, from everywhere.</summary>
    public static IEnumerable<Hairpin> Find(CatalogSnapshot snapshot)
    {
        Topology topology = Topology.Of(snapshot);
        TrafficPolicy[] policies = [.. snapshot.Objects<TrafficPolicy>()];
        foreach (RoutingView view in CallerPlaces.Of(snapshot, topology))
        {
            var router = new ViewRouter(view, topology);
            foreach (Hairpin hairpin in OfRoutes(router, snapshot, policies))
            {
                yield return hairpin;
            }
            foreach (ServiceRecord service in CallerPlaces.ServicesFor(view, snapshot, topology))
            {
                EffectivePolicy policy = EffectivePolicy.Of(service.Service, policies);
                for (int port = 0; port < service.Ports.Count; port++)
                {
                    foreach (Hairpin hairpin in HairpinFinder.Of(router, service.Service, service.Endpoints, port, service.Ports[port].Port, policy))
                    {
                        yield return hairpin;
                    }
                }
            }
        }
    }

    // Routes that give in-mesh callers the public name of a gateway of their own mesh.
    private static IEnumerable<Hairpin> OfRoutes(ViewRouter router, CatalogSnapshot snapshot, TrafficPolicy[] policies) =>
        from gateway in router.Topology.Gateways
        where gateway.Declared.Role == GatewayRole.Ingress && gateway.Declared.Mesh == router.View.Mesh
        from route in snapshot.Objects<HttpRoute>()
        where route.Parents.Any(parent => $"{parent.Namespace}/{parent.Name}" == gateway.Declared.Serves)
        from backend in route.Rules.SelectMany(rule => rule.Backends.AsArray()).Distinct()
        let service = snapshot.Services.GetValueOrDefault(new ServiceId(router.View.Mesh, backend.Namespace, backend.Name))
        where service is not null
        let port = service.Ports.AsArray().ToList().FindIndex(port => port.Port == backend.Port)
        where port >= 0
        let found = HairpinFinder.OfRoute(
            router, gateway, service.Service, service.Endpoints, port, backend.Port, EffectivePolicy.Of(service.Service, policies),
            $"{route.Reference} names {string.Join(", ", route.Hostnames)}, the public host of {gateway.Declared.Reference}")
        where found is not null
        select found;
}
