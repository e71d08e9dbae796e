using System.Globalization;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>
/// Networks that are not linked, and meshes with certificates: clusters <c>near</c> (net1), <c>far</c> (net2), <c>third</c> (net3) of mesh default, and
/// whatever gateways a test adds. The round trip between eu and us is 80 ms.
/// </summary>
internal sealed class Meshes
{
    private readonly List<ConfigObject> objects = [
        new Mesh { Name = "default", TrustDomain = "default.mesh", CertificateFolder = "default" },
        new Mesh { Name = "banking", TrustDomain = "banking.mesh", CertificateFolder = "banking" },
        new Cluster { Name = "near", Network = "net1" },
        new Cluster { Name = "far", Network = "net2" },
        new Cluster { Name = "third", Network = "net3" },
        new Cluster { Name = "bank", Network = "net1", Mesh = "banking" },
        new CostMatrix { Name = "costs", Pairs = [new PairCost("eu", "us", 80, null)] },
    ];

    private readonly List<WithdrawnAddress> withdrawn = [];

    public static ServiceId Cart { get; } = Samples.Service("cart");

    public static ServiceId Accounts { get; } = new("banking", "shop", "accounts");

    public Topology Topology => new(objects, new ReachRecord { Version = default, Withdrawn = withdrawn.ToValueList() });

    public Meshes With(params ConfigObject[] more)
    {
        objects.AddRange(more);
        return this;
    }

    /// <summary>An east-west gateway of a network, reachable from net1.</summary>
    public Meshes Gateway(string name, string network, string place, int addresses = 1, string[]? from = null, GatewayRole role = GatewayRole.EastWest, string mesh = "default") => With(new RegionGateway
    {
        Name = name, Role = role, Network = network, Mesh = mesh, Locality = World.Place(place),
        Addresses = Enumerable.Range(1, addresses).Select(index => new GatewayAddress($"192.0.{Math.Abs(Hash(name)) % 250}.{index}", 15443, [.. from ?? ["net1"]])).ToValueList(),
    });

    public Meshes Withdraw(string gateway, string network)
    {
        withdrawn.AddRange(objects.OfType<RegionGateway>().Where(item => item.Name == gateway).SelectMany(item => item.Addresses)
            .Select(address => new WithdrawnAddress(gateway, address.Host, address.Port, network, "connection refused", DateTimeOffset.UnixEpoch)));
        return this;
    }

    public static RoutingView View(string place = "eu/a", string network = "net1", string cluster = "near", string mesh = "default", CallerRole role = CallerRole.Proxy, string gateway = "") =>
        new(mesh, network, World.Place(place), cluster, role) { HasIdentity = role is CallerRole.Proxy or CallerRole.Internal, Gateway = gateway };

    /// <summary>Endpoints with a sidecar.</summary>
    public static IEnumerable<Endpoint> At(string place, int count, int? healthy = null, string cluster = "near", int weight = 1) =>
        World.At(place, count, healthy, cluster: cluster, weight: weight).Select(endpoint => endpoint with { Speaks = Speaks.Mtls });

    public RoutePlan Plan(params IEnumerable<Endpoint>[] endpoints) => Plan(View(), Cart, EffectivePolicy.Default, endpoints);

    public RoutePlan Plan(RoutingView view, ServiceId service, EffectivePolicy policy, params IEnumerable<Endpoint>[] endpoints) =>
        new ViewRouter(view, Topology).Plan(service, [.. endpoints.SelectMany(some => some)], 0, policy);

    /// <summary>The tiers as text: <c>eu/a: 2 | us/c: far*100 (G2)</c>: endpoints, and gateways with the weight of what is healthy behind them.</summary>
    public static string Describe(RoutePlan plan) => string.Join(" | ", plan.Tiers.Select(tier => string.Join(", ", tier.Localities.Select(locality => string.Join(" + ",
        locality.Endpoints.Where(endpoint => endpoint.Health == Health.Healthy).Select(_ => 1).DefaultIfEmpty().Sum() is var direct and > 0 ? [$"{locality.Locality}: {direct}", .. Gateways(plan, locality)]
            : locality.Gateways.IsEmpty ? [$"{locality.Locality}: 0"] : Gateways(plan, locality).Select((text, index) => index == 0 ? $"{locality.Locality}: {text}" : text))))));

    private static IEnumerable<string> Gateways(RoutePlan plan, TierLocality locality) => locality.Gateways.Select(gateway => string.Create(CultureInfo.InvariantCulture,
        $"{gateway.Path}*{(gateway.Endpoints.IsEmpty ? "standby" : gateway.HealthyWeight(plan.DrainingServes))}"));

    private static int Hash(string text) => text.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));
}
