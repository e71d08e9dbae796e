using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Generators;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using FsCheck;
using FsCheck.Fluent;
using Endpoint = ControlPlane.Model.Endpoint;
using Locality = ControlPlane.Model.Locality;

namespace ControlPlane.Tests.Conformance.Properties;

/// <summary>What Envoy does not check but suffers from, for any service, in both kinds of assignments.</summary>
public sealed class AssignmentTests
{
    private const int Runs = 300;

    [Theory, InlineData(false), InlineData(true)]
    public void X31_Priorities_HaveNoGaps(bool isProxyless) => ForAny(isProxyless, assignment =>
    {
        uint[] priorities = [.. assignment.Endpoints.Select(locality => locality.Priority).Distinct().Order()];
        priorities.ShouldBe(Enumerable.Range(0, priorities.Length).Select(priority => (uint)priority));
    });

    [Theory, InlineData(false), InlineData(true)]
    public void X32_LocalityIsOnceInAPriority_AndAnAddressOnceInAll(bool isProxyless) => ForAny(isProxyless, assignment =>
    {
        assignment.Endpoints.Select(locality => (locality.Priority, locality.Locality)).ShouldBeUnique();
        assignment.Endpoints.SelectMany(locality => locality.LbEndpoints).Select(AddressOf).ShouldBeUnique();
    });

    [Theory, InlineData(false), InlineData(true)]
    public void X33_WeightsFit_AndNoneIsMissing(bool isProxyless) => ForAny(isProxyless, assignment =>
    {
        assignment.Endpoints.ShouldAllBe(locality => locality.LoadBalancingWeight > 0);
        foreach (IGrouping<uint, LocalityLbEndpoints> priority in assignment.Endpoints.GroupBy(locality => locality.Priority))
        {
            priority.Sum(locality => (long)locality.LoadBalancingWeight!.Value).ShouldBeLessThanOrEqualTo(uint.MaxValue);
        }
        foreach (LocalityLbEndpoints locality in assignment.Endpoints)
        {
            locality.LbEndpoints.ShouldAllBe(endpoint => (endpoint.LoadBalancingWeight ?? 1) > 0);
            locality.LbEndpoints.Sum(endpoint => (endpoint.LoadBalancingWeight ?? 1L)).ShouldBeLessThanOrEqualTo(uint.MaxValue);
        }
    });

    [Theory, InlineData(false), InlineData(true)]
    public void X34_AtMostOneDropOverload(bool isProxyless) => ForAny(isProxyless, assignment =>
        // ClusterLoadAssignment.policy = 4, Policy.drop_overloads = 2: our message does not even have it.
        (assignment.Policy?.ToString() ?? "").ShouldNotContain("dropOverloads"));

    private static void ForAny(bool isProxyless, Action<ClusterLoadAssignment> check)
    {
        var view = new RoutingView(Cluster.DefaultMesh, Cluster.DefaultNetwork, new Locality("r0", "z0"), "k0");
        var topology = new Topology([new Cluster { Name = "k0" }]);
        Arbitrary<int[]> any = Arb.From(Gen.Choose(0, 1_000_000).ArrayOf(), codes => ArbMap.Default.ArbFor<int[]>().Shrinker(codes));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Runs), Prop.ForAll(any, codes =>
        {
            Endpoint[] endpoints = [.. codes.Where(code => code >= 0).Select(Make)];
            var generator = new AssignmentGenerator(new ViewRouter(view with { Role = isProxyless ? CallerRole.Proxyless : CallerRole.Proxy }, topology));
            var policy = EffectivePolicy.Default with { Strategy = (TrafficStrategy)(codes.Length % 3), Overprovisioning = 100 + (codes.Length % 5 * 20) };
            ClusterLoadAssignment assignment = ClusterLoadAssignment.Parser.ParseFrom(generator.Generate("c1", new ServiceId("default", "shop", "cart"), endpoints, 0, policy).ToArray());
            assignment.ClusterName.ShouldBe("c1");
            assignment.Endpoints.Sum(locality => locality.LbEndpoints.Count).ShouldBe(endpoints.Length);
            check(assignment);
        }));
    }

    private static Endpoint Make(int code, int index) => new()
    {
        Address = $"10.{index >> 16}.{(index >> 8) & 255}.{index & 255}",
        Ports = [8080],
        Cluster = "k0",
        Locality = new Locality($"r{code % 3}", $"z{code / 3 % 3}", code / 9 % 2 == 0 ? "" : "s"),
        Health = (Health)(code / 18 % 5),
        Weight = code / 90 % 4 == 0 ? int.MaxValue : 1 + (code / 360 % 100),
    };

    private static string AddressOf(LbEndpoint endpoint)
    {
        SocketAddress address = endpoint.Endpoint.Address.SocketAddress;
        return $"{address.Address}:{address.PortValue}";
    }
}
