using System.Globalization;
using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Silo.Rest.Views;
using ControlPlane.Xds;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/explain</c>: why the requests of a caller go where they go.</summary>
internal static class ExplainApi
{
    private const string Callers = "a connected proxy's node.id, a RegionGateway, CLUSTER, or CLUSTER@REGION/ZONE/SUBZONE";
    private const string Services = "[MESH/]NAMESPACE/NAME[:PORT]";

    public static void MapExplain(this IEndpointRouteBuilder api) =>
        api.MapGet("/explain", async (string from, string to, ServiceCatalog catalog, ProxyRegistry registry, CancellationToken cancellation) =>
        {
            CatalogSnapshot snapshot = catalog.Current;
            Topology topology = Topology.Of(snapshot);
            ProxyView? proxy = (await registry.ReadAsync(cancellation)).Select(ProxyView.Of).FirstOrDefault(proxy => proxy.Id == from);
            if (CallerOf(from, proxy, topology) is not { } view)
            {
                return RestApi.NotFound($"a caller '{from}' ({Callers})");
            }
            if (ServiceOf(to, view.Mesh, snapshot) is not ({ } service, var port))
            {
                return RestApi.NotFound($"a service '{to}' ({Services}; without a mesh, that of the caller, {view.Mesh})");
            }
            EffectivePolicy policy = EffectivePolicy.Of(service.Service, snapshot.Objects<TrafficPolicy>());
            var caller = new CallerView(proxy?.Id, view.Mesh, view.Cluster, view.Network, LocalityView.Of(view.Locality));
            return new EntityResult<ExplanationView>(ExplanationView.Of(
                caller, service, port, policy, new ViewRouter(view, topology), snapshot, AnswerOf(proxy)));
        })
        .WithSummary("Where a caller's requests to a service go, and why")
        .WithDescription($"from: {Callers}. to: {Services}.")
        .Produces<ExplanationView>().ProducesProblem(StatusCodes.Status404NotFound);

    private static RoutingView? CallerOf(string from, ProxyView? proxy, Topology topology)
    {
        // A gateway's proxies that have its name are it, connected or not.
        if (proxy is null or { Kind: "Gateway" } && topology.GatewayNamed(from)?.Declared is { } gateway && (proxy is null || gateway.Role != GatewayRole.Ingress))
        {
            return OfGateway(gateway);
        }
        (string name, Locality own) = proxy is not null
            ? (proxy.Cluster, new Locality(proxy.Locality?.Region ?? "", proxy.Locality?.Zone ?? "", proxy.Locality?.SubZone ?? ""))
            : from.Split('@', 2) is [var cluster, var place] ? (cluster, PlaceOf(place)) : (from, Locality.Unknown);
        return topology.Find(name) is { } found
            ? new RoutingView(found.Mesh, found.Network, own.Or(found.Locality), found.Name, proxy?.Kind == "Grpc" ? CallerRole.Proxyless : CallerRole.Proxy)
            {
                // Of a class of callers those are meant that have proved who they are.
                HasIdentity = topology.MeshNamed(found.Mesh) is { HasCertificates: true } && proxy is null or { Identity: not null, IdentityProblem: null, Kind: not "Grpc" },
            }
            : null;
    }

    private static RoutingView OfGateway(RegionGateway gateway) => new(gateway.Mesh, gateway.Network, gateway.Locality, gateway.Name, gateway.Role switch
    {
        GatewayRole.EastWest => CallerRole.EastWest,
        GatewayRole.Egress => CallerRole.Egress,
        GatewayRole.Internal => CallerRole.Internal,
        _ => CallerRole.Proxy,
    })
    {
        Gateway = gateway.Name,
        HasIdentity = true,
    };

    private static Locality PlaceOf(string text) => text.Split('/', 3) is var parts
        ? new Locality(parts[0], parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2) ?? "")
        : Locality.Unknown;

    // Without a port: the only one, or 80.
    private static (ServiceRecord? Service, int Port)? ServiceOf(string to, string mesh, CatalogSnapshot snapshot)
    {
        string[] ends = to.Split(':', 2);
        string[] parts = ends[0].Split('/');
        ServiceId? id = parts switch
        {
            [var ns, var name] => new ServiceId(mesh, ns, name),
            [var other, var ns, var name] => new ServiceId(other, ns, name),
            _ => null,
        };
        if (id is not { } known || !snapshot.Services.TryGetValue(known, out ServiceRecord? service))
        {
            return null;
        }
        int port = ends.Length == 2
            ? service.Ports.AsArray().ToList().FindIndex(one => one.Port.ToString(CultureInfo.InvariantCulture) == ends[1] || one.Name == ends[1])
            : service.Ports.Count == 1 ? 0 : service.Ports.AsArray().ToList().FindIndex(one => one.Port == 80);
        return port < 0 ? null : (service, port);
    }

    private static ProxyAnswerView? AnswerOf(ProxyView? proxy) => proxy is null ? null : new ProxyAnswerView(
        proxy.State, proxy.Types.Where(type => type.IsRejected).SelectMany(type => type.Rejections.TakeLast(1)).FirstOrDefault()?.Message);
}
