using ControlPlane.Grains.Catalog;
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
}
