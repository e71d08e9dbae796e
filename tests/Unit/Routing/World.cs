using System.Globalization;
using System.Net;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>Zones a and b of region eu, zone c of region us, all in one network, and a network that is linked with none. Callers are in eu/a.</summary>
internal static class World
{
    public static readonly Topology Topology = new(
        [
            new Cluster { Name = "near", Network = "net1" },
            new Cluster { Name = "far", Network = "net2" },
            new Cluster { Name = "linked", Network = "net3" },
            new Network { Name = "net1", Links = ["net3"] },
        ]);

    private static int lastAddress;

    public static RoutingView View(string locality = "eu/a") => new("default", "net1", Place(locality), "near");

    public static Locality Place(string text) => text.Split('/') is var parts
        ? new Locality(parts[0], parts.ElementAtOrDefault(1) ?? "", parts.ElementAtOrDefault(2) ?? "")
        : Locality.Unknown;

    /// <summary>So many endpoints in a zone, some of them healthy.</summary>
    public static IEnumerable<Endpoint> At(string locality, int count, int? healthy = null, Health others = Health.Unhealthy, string cluster = "near", int weight = 1) =>
        Enumerable.Range(0, count).Select(index => new Endpoint
        {
            Address = new IPAddress(IPAddress.HostToNetworkOrder(0x0A000000 + (Interlocked.Increment(ref lastAddress) & 0xFFFFFF)) & 0xFFFFFFFFL).ToString(),
            Ports = [8080],
            Cluster = cluster,
            Locality = Place(locality),
            Health = index < (healthy ?? count) ? Health.Healthy : others,
            Weight = weight,
        });

    public static RoutePlan Plan(params IEnumerable<Endpoint>[] endpoints) => Plan(View(), EffectivePolicy.Default, endpoints);

    public static RoutePlan Plan(RoutingView view, EffectivePolicy policy, params IEnumerable<Endpoint>[] endpoints) =>
        new ViewRouter(view, Topology).Plan(Samples.Service("cart"), [.. endpoints.SelectMany(some => some)], 0, policy);

    /// <summary>The tiers as text: <c>eu/a 1/2 | eu/b 2/2, us/c 1/1</c>, healthy of declared.</summary>
    public static string Describe(RoutePlan plan) => string.Join(" | ", plan.Tiers.Select(tier => string.Join(", ", tier.Localities.Select(locality =>
    {
        TierSize size = new Tier([locality]).Size(plan.DrainingServes);
        return string.Create(CultureInfo.InvariantCulture, $"{locality.Locality} {size.Healthy}/{size.Declared}");
    }))));

    public static string Loads(RoutePlan plan, int overprovisioning = 140) => string.Join('/', plan.Loads(overprovisioning));
}
