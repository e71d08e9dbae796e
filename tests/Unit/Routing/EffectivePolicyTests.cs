using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>The most specific policy wins, field by field.</summary>
public sealed class EffectivePolicyTests
{
    [Fact]
    public void Of_NoPolicies_IsTheDefault() => Of().ShouldBe(EffectivePolicy.Default);

    [Fact]
    public void Of_SeveralPolicies_TakesEachFieldFromTheMostSpecific()
    {
        EffectivePolicy policy = Of(
            new TrafficPolicy { Name = "all", Retries = 1, PanicThreshold = 10, Overprovisioning = 100 },
            new TrafficPolicy { Name = "namespace", Namespace = "shop", Retries = 3, Overprovisioning = 110 },
            new TrafficPolicy { Name = "service", Namespace = "shop", Service = "cart", Retries = 5 });

        (policy.Retries, policy.Overprovisioning, policy.PanicThreshold, policy.Strategy).ShouldBe((5, 110, 10, TrafficStrategy.Nearest));
        policy.SetBy.ShouldBe(new Dictionary<string, string>
        {
            ["retries"] = "TrafficPolicy shop/service",
            ["overprovisioning"] = "TrafficPolicy shop/namespace",
            ["panicThreshold"] = "TrafficPolicy all",
        }, ignoreOrder: true);
    }

    [Fact]
    public void Of_PoliciesForOthers_ChangesNothing() => Of(
        new TrafficPolicy { Name = "mesh", Mesh = "other", Retries = 1 },
        new TrafficPolicy { Name = "namespace", Namespace = "bank", Retries = 1 },
        new TrafficPolicy { Name = "service", Namespace = "shop", Service = "pay", Retries = 1 }).ShouldBe(EffectivePolicy.Default);

    [Fact]
    public void Of_TwoThatAreEquallySpecific_TakesTheFirstByNameWhateverTheOrder()
    {
        TrafficPolicy a = new() { Name = "a", Namespace = "shop", Retries = 1 };
        TrafficPolicy b = new() { Name = "b", Namespace = "shop", Retries = 2 };

        Of(a, b).Retries.ShouldBe(1);
        Of(b, a).Retries.ShouldBe(1);
    }

    private static EffectivePolicy Of(params TrafficPolicy[] policies) => EffectivePolicy.Of(Samples.Service("cart"), policies);
}
