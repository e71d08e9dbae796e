using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Translation;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Kubernetes;

public sealed class SliceFactsTests
{
    [Theory]
    [InlineData(null, null, null, Health.Healthy)]
    [InlineData(true, true, false, Health.Healthy)]
    [InlineData(true, null, null, Health.Healthy)]
    [InlineData(false, false, false, Health.Unhealthy)]
    [InlineData(false, null, null, Health.Unhealthy)]
    [InlineData(false, true, true, Health.Draining)]
    [InlineData(true, true, true, Health.Draining)]
    [InlineData(null, null, true, Health.Draining)]
    [InlineData(false, false, true, null)]
    [InlineData(false, null, true, null)]
    public void HealthOf_Conditions_IsAsTheRulesSay(bool? ready, bool? serving, bool? terminating, Health? expected) =>
        EndpointFacts.HealthOf(new EndpointConditions { Ready = ready, Serving = serving, Terminating = terminating }).ShouldBe(expected);

    [Fact]
    public void HealthOf_NoConditions_IsHealthy() => EndpointFacts.HealthOf(null).ShouldBe(Health.Healthy);

    [Fact]
    public void Of_NoServiceLabel_IsNothing() => SliceFacts.Of(new EndpointSliceObject()).ShouldBeNull();
}
