using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Generators;
using FsCheck;
using FsCheck.Fluent;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>What holds for every service, whatever its endpoints are.</summary>
public sealed class RoutingProperties
{
    private static readonly string[] Places = ["eu/a", "eu/a/1", "eu/a/2", "eu/b", "us/c", "us/d", "ap/x", "ap", ""];
    private static readonly string[] Clusters = ["near", "far", "linked", "nobody knows it"];

    internal static readonly Arbitrary<Endpoint[]> Services =
        (from place in Gen.Elements(Places)
         from health in Gen.Elements(Enum.GetValues<Health>())
         from cluster in Gen.Elements(Clusters)
         from weight in Gen.OneOf(Gen.Choose(1, 10), Gen.Constant(int.MaxValue))
         from declared in Gen.Elements(true, true, true, false)
         select World.At(place, 1, cluster: cluster, weight: weight).Single() with { Health = health, Declared = declared }).ArrayOf().ToArbitrary();

    private static readonly ValueList<FailoverTier>[] Failovers =
        [[], [new FailoverTier(["us", "ap"], [], [])], [new FailoverTier([], ["eu/b"], []), new FailoverTier([], [], ["linked"])]];

    private static readonly ValueList<Distribution>[] Distributions =
        [[], [new Distribution("eu", [new("eu/a", 80), new("us", 20)]), new Distribution("*", [new("eu", 100)])]];

    internal static readonly Arbitrary<(string Caller, EffectivePolicy Policy)> Callers =
        (from caller in Gen.Elements(Places)
         from strategy in Gen.Elements(Enum.GetValues<TrafficStrategy>())
         from overprovisioning in Gen.Choose(100, 1000)
         from failover in Gen.Elements(Failovers)
         from distribute in Gen.Elements(Distributions)
         from margin in Gen.Elements(0, 0, 50)
         select (caller, EffectivePolicy.Default with
         {
             Strategy = strategy, Overprovisioning = overprovisioning, Failover = failover, Distribute = distribute, TierMargin = margin,
         })).ToArbitrary();

    [Fact]
    public void Loads_OfAnything_SumTo100OrNothingServes() => ForAll((plan, policy) =>
    {
        var loads = plan.Loads(policy.Overprovisioning);
        bool anyCapacity = plan.Tiers.Any(tier => tier.Size(plan.DrainingServes) is { Declared: > 0 } size && policy.Overprovisioning * size.Healthy / size.Declared > 0);
        return loads.Sum() == (anyCapacity ? 100 : 0) && loads.All(load => load is >= 0 and <= 100);
    });

    [Fact]
    public void Tiers_OfAnything_AreNeverEmptyAndHaveEachLocalityOnce() => ForAll((plan, _) =>
        plan.Tiers.All(tier => tier.Localities.Length > 0 && tier.Localities.All(locality => locality.Endpoints.Length > 0 && locality.Weight > 0)
            && tier.Localities.GroupBy(locality => locality.Locality).All(same => same.Count() == 1)));

    [Fact]
    public void Parts_OfATier_Are100PercentOrNothingServes() => ForAll((plan, _) => plan.Tiers.All(tier =>
        tier.Parts(plan.DrainingServes).Sum() is var sum
        && Math.Abs(sum - (tier.Localities.Any(locality => locality.HealthyWeight(plan.DrainingServes) > 0) ? 1 : 0)) < 1e-9));

    [Fact]
    public void Endpoints_OfAnything_AreInOneTierOrUnreachable() => Prop.ForAll(Services, Callers, (endpoints, caller) =>
    {
        (RoutePlan plan, _) = Plan(endpoints, caller);
        return plan.Tiers.SelectMany(tier => tier.Localities).SelectMany(locality => locality.Endpoints).Concat(plan.Unreachable.Select(item => item.Endpoint))
            .OrderBy(endpoint => endpoint.Address).SequenceEqual(endpoints.Where(endpoint => endpoint.Declared).OrderBy(endpoint => endpoint.Address));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Assignment_OfTheSameInput_IsTheSameByteForByte() => Prop.ForAll(Services, Callers, (endpoints, caller) =>
    {
        (_, EffectivePolicy policy) = Plan(endpoints, caller);
        return new[] { false, true }.All(isProxyless =>
        {
            // One has made other assignments before.
            var fresh = new AssignmentGenerator(new ViewRouter(World.View(caller.Caller) with { Role = isProxyless ? CallerRole.Proxyless : CallerRole.Proxy }, World.Topology));
            var used = new AssignmentGenerator(new ViewRouter(World.View(caller.Caller) with { Role = isProxyless ? CallerRole.Proxyless : CallerRole.Proxy }, World.Topology));
            used.Generate("other", Samples.Service("cart"), [.. World.At("eu/b", 3), .. World.At("us/c", 3)], 0, EffectivePolicy.Default);
            return fresh.Generate("x", Samples.Service("cart"), endpoints, 0, policy).SequenceEqual(used.Generate("x", Samples.Service("cart"), endpoints, 0, policy));
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nearest_OfAnything_NeverPutsAnotherRegionBeforeTheCallersOwn() => Prop.ForAll(Services, endpoints =>
    {
        (RoutePlan plan, _) = Plan(endpoints, ("eu/a", EffectivePolicy.Default));
        string[] regions = [.. plan.Tiers.Select(tier => string.Join(',', tier.Localities.Select(locality => locality.Locality.Region).Distinct()))];
        return regions.All(region => !region.Contains(',')) && regions.SkipWhile(region => region == "eu").All(region => region != "eu");
    }).QuickCheckThrowOnFailure();

    private static void ForAll(Func<RoutePlan, EffectivePolicy, bool> holds) => Prop.ForAll(Services, Callers, (endpoints, caller) =>
    {
        (RoutePlan plan, EffectivePolicy policy) = Plan(endpoints, caller);
        return holds(plan, policy);
    }).QuickCheckThrowOnFailure();

    private static (RoutePlan Plan, EffectivePolicy Policy) Plan(Endpoint[] endpoints, (string Caller, EffectivePolicy Policy) caller) =>
        (World.Plan(World.View(caller.Caller), caller.Policy, endpoints), caller.Policy);
}
