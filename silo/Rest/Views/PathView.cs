using ControlPlane.Model.Catalog;
using ControlPlane.Routing;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>How one place reaches one locality of a service.</summary>
/// <param name="From">The caller's place: <c>cluster@region/zone</c>.</param>
/// <param name="To">The service and port: <c>mesh/namespace/name:port</c>.</param>
/// <param name="Locality">Where the endpoints are; of those behind a gateway: the farthest place on the way.</param>
/// <param name="Gateways">In the order in which they are crossed. None: directly.</param>
/// <param name="Tier">0 is called first.</param>
/// <param name="Share">Percentage of the caller's requests to the service.</param>
/// <param name="Healthy">Of <paramref name="Declared"/> endpoints.</param>
/// <param name="RoundTripMs">Milliseconds, with what gateways add.</param>
/// <param name="PricePerGb">US dollars.</param>
public sealed record PathView(
    string From, string Mesh, string Network, string Service, string To, PathKind Kind, IReadOnlyList<string> Gateways, LocalityView Locality, int Tier, double Share,
    int Healthy, int Declared, double RoundTripMs, double PricePerGb)
{
    public static IEnumerable<PathView> Of(RoutingView view, ServiceRecord service, int port, Explanation explanation) =>
        from tier in explanation.Tiers.Index()
        from locality in tier.Item.Localities
        from path in Of(view, service, port, tier.Index, locality)
        select path;

    private static IEnumerable<PathView> Of(RoutingView view, ServiceRecord service, int port, int tier, ExplainedLocality locality)
    {
        PathView Make(PathKind kind, string[] gateways, double share, TierSize size, Cost cost) => new(
            CallerPlaces.NameOf(view), view.Mesh, view.Network, service.Service.ToString(), $"{service.Service}:{port}", kind, gateways, LocalityView.Of(locality.Locality), tier,
            Math.Round(share, 2), size.Healthy, size.Declared, Math.Round(cost.RoundTrip, 3), Math.Round(cost.Price, 6));
        if (!locality.Endpoints.IsEmpty)
        {
            yield return Make(
                PathKind.Direct, [], locality.Endpoints.Sum(item => item.Share), TierSize.Of([.. locality.Endpoints.Select(item => item.Endpoint)], drainingServes: false), locality.Cost);
        }
        foreach (ExplainedGateway gateway in locality.Gateways)
        {
            GatewayPath path = gateway.Target.Path;
            yield return Make(path.Kind, [.. path.Hops.Select(hop => hop.Name)], gateway.Share, gateway.Target.Size(drainingServes: false), path.Cost);
        }
    }
}
