using System.Globalization;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Tests.Unit.Routing;
using ControlPlane.Xds.Resources.Generators;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using FsCheck;
using FsCheck.Fluent;
using Endpoint = ControlPlane.Model.Endpoint;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>The bytes of an assignment, read with the official message.</summary>
public sealed class AssignmentGeneratorTests
{
    private const string Name = "p80.cart.shop.default.mesh";

    [Fact]
    public void Plain_TiersArePriorities_WithHealthAndWeights()
    {
        ClusterLoadAssignment assignment = Plain(World.At("eu/a", 2, healthy: 1), World.At("eu/b", 2, weight: 3), World.At("us/c", 1));

        assignment.ClusterName.ShouldBe(Name);
        Describe(assignment).ShouldBe(["0 eu/a weight 2: Healthy 1, Unhealthy 1", "1 eu/b weight 6: Healthy 3, Healthy 3", "2 us/c weight 1: Healthy 1"]);
        assignment.Policy.ShouldBeNull("140 is Envoy's own");
        SocketAddress address = assignment.Endpoints[0].LbEndpoints[0].Endpoint.Address.SocketAddress;
        address.PortValue.ShouldBe(8080u);
        address.Address.ShouldStartWith("10.");
    }

    [Fact]
    public void Plain_WithAPolicy_SaysItsOverprovisioning() =>
        Generate(isProxyless: false, EffectivePolicy.Default with { Overprovisioning = 200 }, World.At("eu/a", 1)).Policy.OverprovisioningFactor.ShouldBe(200u);

    [Fact]
    public void Plain_OfNothing_IsEmpty() => Plain().Endpoints.ShouldBeEmpty();

    [Fact]
    public void Plain_DrainingAndDegraded_AreSentAsSuch() =>
        Describe(Plain(World.At("eu/a", 3, healthy: 1, others: Health.Draining), World.At("eu/b", 1, healthy: 0, others: Health.Degraded)))
            .ShouldBe(["0 eu/a weight 3: Draining 1, Draining 1, Healthy 1", "1 eu/b weight 1: Degraded 1"]);

    [Fact]
    public void Plain_NothingHealthy_DrainingIsSentAsHealthy() =>
        Describe(Plain(World.At("eu/a", 1, healthy: 0, others: Health.Draining), World.At("eu/b", 1, healthy: 0)))
            .ShouldBe(["0 eu/a weight 1: Healthy 1", "1 eu/b weight 1: Unhealthy 1"]);

    [Fact]
    public void Plain_UnknownLocality_IsStillALocality()
    {
        ClusterLoadAssignment assignment = Plain(World.At("", 1));

        assignment.Endpoints.ShouldHaveSingleItem().Locality.ShouldBe(new Envoy.Config.Core.V3.Locality());
    }

    [Fact]
    public void Computed_LoadedTiersShareOnePriority_ByTheirLoads()
    {
        ClusterLoadAssignment assignment = Computed(World.At("eu/a", 2, healthy: 1), World.At("eu/b", 2), World.At("us/c", 1));

        Describe(assignment).ShouldBe(["0 eu/a weight 7000: Healthy 1, Unhealthy 1", "0 eu/b weight 3000: Healthy 1, Healthy 1", "1 us/c weight 1: Healthy 1"]);
        assignment.Policy.OverprovisioningFactor.ShouldBe(100_000u);
    }

    [Fact]
    public void Computed_LocalitiesOfATier_ShareItsLoadByHealthyWeight() =>
        Describe(Computed(World.At("us/c", 3), World.At("us/d", 2, healthy: 1)))
            .ShouldBe(["0 us/c weight 7500: Healthy 1, Healthy 1, Healthy 1", "0 us/d weight 2500: Healthy 1, Unhealthy 1"]);

    [Fact]
    public void Distributed_IsComputed_ByItsShares() =>
        Describe(Generate(isProxyless: false, EffectivePolicy.Default with { Distribute = [new Distribution("*", [new("eu/a", 80), new("us", 20)])] },
                World.At("eu/a", 2), World.At("eu/b", 1), World.At("us/c", 1), World.At("us/d", 3)))
            .ShouldBe(["0 eu/a weight 8000: Healthy 1, Healthy 1", "0 us/c weight 500: Healthy 1", "0 us/d weight 1500: Healthy 1, Healthy 1, Healthy 1", "1 eu/b weight 1: Healthy 1"]);

    [Fact]
    public void Computed_NothingHealthy_KeepsItsTiersWithoutAGap() =>
        Describe(Computed(World.At("eu/a", 1, healthy: 0), World.At("eu/b", 1, healthy: 0)))
            .ShouldBe(["0 eu/a weight 1: Unhealthy 1", "1 eu/b weight 1: Unhealthy 1"]);

    [Fact]
    public void Weights_OverThirtyTwoBits_AreShiftedToFit()
    {
        foreach (bool isProxyless in (bool[])[false, true])
        {
            ClusterLoadAssignment assignment = Generate(
                isProxyless, EffectivePolicy.Default, World.At("us/c", 5, weight: int.MaxValue), World.At("us/d", 5, weight: int.MaxValue), World.At("us/e", 1));

            assignment.Endpoints.GroupBy(locality => locality.Priority)
                .ShouldAllBe(priority => priority.Sum(locality => (long)locality.LoadBalancingWeight!.Value) <= uint.MaxValue);
            assignment.Endpoints.ShouldAllBe(locality => locality.LoadBalancingWeight >= 1 && locality.LbEndpoints.Sum(endpoint => (endpoint.LoadBalancingWeight ?? 1L)) <= uint.MaxValue);
            assignment.Endpoints.SelectMany(locality => locality.LbEndpoints).ShouldAllBe(endpoint => (endpoint.LoadBalancingWeight ?? 1) >= 1);
        }
    }

    [Fact]
    public void Assignment_OfAnything_KeepsWhatEnvoyNeeds() => Prop.ForAll(RoutingProperties.Services, RoutingProperties.Callers, (endpoints, caller) =>
    {
        foreach (bool isProxyless in (bool[])[false, true])
        {
            EffectivePolicy policy = caller.Policy;
            ClusterLoadAssignment assignment = Parse(new AssignmentGenerator(new ViewRouter(World.View(caller.Caller) with { Role = isProxyless ? CallerRole.Proxyless : CallerRole.Proxy }, World.Topology)).Generate(Name, Samples.Service("cart"), endpoints, 0, policy));
            uint[] priorities = [.. assignment.Endpoints.Select(locality => locality.Priority).Distinct().Order()];
            priorities.ShouldBe([.. Enumerable.Range(0, priorities.Length).Select(index => (uint)index)]);
            assignment.Endpoints.GroupBy(locality => (locality.Priority, locality.Locality)).ShouldAllBe(same => same.Count() == 1);
            assignment.Endpoints.ShouldAllBe(locality => locality.LoadBalancingWeight >= 1);
            assignment.Endpoints.SelectMany(locality => locality.LbEndpoints).GroupBy(endpoint => endpoint.Endpoint.Address).ShouldAllBe(same => same.Count() == 1);
            assignment.Endpoints.SelectMany(locality => locality.LbEndpoints).Count().ShouldBe(
                endpoints.Count(endpoint => endpoint.Declared && endpoint.Cluster is not ("far" or "nobody knows it")));
        }
    }).QuickCheckThrowOnFailure();

    private static ClusterLoadAssignment Plain(params IEnumerable<Endpoint>[] endpoints) => Generate(isProxyless: false, EffectivePolicy.Default, endpoints);

    private static ClusterLoadAssignment Computed(params IEnumerable<Endpoint>[] endpoints) => Generate(isProxyless: true, EffectivePolicy.Default, endpoints);

    private static ClusterLoadAssignment Generate(bool isProxyless, EffectivePolicy policy, params IEnumerable<Endpoint>[] endpoints) =>
        Parse(new AssignmentGenerator(new ViewRouter(World.View() with { Role = isProxyless ? CallerRole.Proxyless : CallerRole.Proxy }, World.Topology)).Generate(Name, Samples.Service("cart"), [.. endpoints.SelectMany(some => some)], 0, policy));

    private static ClusterLoadAssignment Parse(ReadOnlySpan<byte> bytes) => ClusterLoadAssignment.Parser.ParseFrom(bytes.ToArray());

    private static IEnumerable<string> Describe(ClusterLoadAssignment assignment) => assignment.Endpoints.Select(locality => string.Create(
        CultureInfo.InvariantCulture,
        $"{locality.Priority} {locality.Locality.Region}/{locality.Locality.Zone} weight {locality.LoadBalancingWeight}: {string.Join(", ", locality.LbEndpoints.Select(Describe).Order(StringComparer.Ordinal))}"));

    private static string Describe(LbEndpoint endpoint) => string.Create(CultureInfo.InvariantCulture, $"{endpoint.HealthStatus} {endpoint.LoadBalancingWeight ?? 1}");
}
