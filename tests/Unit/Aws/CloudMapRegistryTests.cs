using ControlPlane.Adapters.CloudMap;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Aws;

/// <summary>What instances of Cloud Map become.</summary>
public sealed class CloudMapRegistryTests
{
    private readonly AnsweringAws aws = new();

    public CloudMapRegistryTests()
    {
        aws.Answers["ListNamespaces"] = """{"Namespaces": [{"Id": "ns-1", "Name": "corp"}]}""";
        aws.Answers["ListServices"] = """{"Services": [{"Id": "srv-1", "Name": "cart", "HealthCheckCustomConfig": {}}]}""";
        aws.Answers["ListInstances"] = """
            {"Instances": [
             {"Id": "a", "Attributes": {"AWS_INSTANCE_IPV4": "10.0.0.1", "AWS_INSTANCE_PORT": "8080", "AVAILABILITY_ZONE": "eu-west-1a"}},
             {"Id": "b", "Attributes": {"AWS_INSTANCE_IPV4": "10.0.0.2", "AWS_INSTANCE_PORT": "8080", "ECS_SERVICE_NAME": "cart", "ECS_CLUSTER_NAME": "shop"}},
             {"Id": "c", "Attributes": {"AWS_INSTANCE_IPV6": "fd00::3", "AWS_INSTANCE_PORT": "8080"}}]}
            """;
        aws.Answers["GetInstancesHealthStatus"] = """{"Status": {"a": "HEALTHY", "b": "HEALTHY", "c": "UNHEALTHY"}}""";
    }

    [Theory]
    [InlineData(false, "corp/cart/a corp/cart/c")]
    [InlineData(true, "corp/cart/a corp/cart/b corp/cart/c")]
    public async Task InstancesOfEcs_CountWhereTheyAreAskedFor(bool includesEcs, string expected) =>
        string.Join(' ', (await ReadAsync(includesEcs)).Keys.Order(StringComparer.Ordinal)).ShouldBe(expected);

    [Fact]
    public async Task CustomHealth_IsHealth()
    {
        Dictionary<string, Instance> instances = await ReadAsync(includesEcs: false);

        (instances["corp/cart/a"].Health, instances["corp/cart/a"].Locality).ShouldBe((Health.Healthy, new Locality("eu-west-1", "eu-west-1a")));
        (instances["corp/cart/c"].Health, instances["corp/cart/c"].Address).ShouldBe((Health.Unhealthy, "fd00::3"));
    }

    [Fact]
    public async Task Health_ThatNobodyLooksAt_IsUnknown()
    {
        aws.Answers["ListServices"] = """{"Services": [{"Id": "srv-1", "Name": "cart"}]}""";

        (await ReadAsync(includesEcs: false)).Values.ShouldAllBe(instance => instance.Health == Health.Unknown);
    }

    private async Task<Dictionary<string, Instance>> ReadAsync(bool includesEcs)
    {
        var settings = new CloudMapSettings { Access = AnsweringAws.Access, IncludesEcs = includesEcs };
        using var registry = new CloudMapRegistry(settings, aws.Client(), TimeSpan.FromHours(1), TimeProvider.System);
        return await AnsweringAws.ReadAsync(registry);
    }
}
