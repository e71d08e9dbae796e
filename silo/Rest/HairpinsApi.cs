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
    public static IEnumerable<Hairpin> Find(CatalogSnapshot snapshot) =>
        from call in PossibleCall.All(snapshot, Topology.Of(snapshot), _ => true, _ => true)
        from hairpin in OfRoutes(call, snapshot).Concat(HairpinFinder.Of(
            call.Router, call.Service.Service, call.Service.Endpoints, call.Port, call.Service.Ports[call.Port].Port, call.Policy))
        select hairpin;

    // Routes that give in-mesh callers the public name of a gateway of their own mesh.
    private static IEnumerable<Hairpin> OfRoutes(PossibleCall call, CatalogSnapshot snapshot)
    {
        ServiceId service = call.Service.Service;
        int port = call.Service.Ports[call.Port].Port;
        return
            from gateway in call.Router.Topology.GatewaysOf(GatewayRole.Ingress, call.Router.View.Mesh)
            where service.Mesh == call.Router.View.Mesh
            from route in snapshot.Objects<HttpRoute>()
            where route.Parents.Any(parent => $"{parent.Namespace}/{parent.Name}" == gateway.Declared.Serves)
                && route.Rules.SelectMany(rule => rule.Backends.AsArray()).Any(backend => backend.Namespace == service.Namespace && backend.Name == service.Name && backend.Port == port)
            let found = HairpinFinder.OfRoute(
                call.Router, gateway, service, call.Service.Endpoints, call.Port, port, call.Policy,
                $"{route.Reference} names {string.Join(", ", route.Hostnames)}, the public host of {gateway.Declared.Reference}")
            where found is not null
            select found;
    }
}
