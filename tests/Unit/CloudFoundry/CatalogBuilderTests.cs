using System.Text.Json;
using ControlPlane.Adapters.CloudFoundry.Apps;
using ControlPlane.Adapters.CloudFoundry.Controller.Objects;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.CloudFoundry;

/// <summary>Apps of the lists and stats that the API's reference shows, and their instances.</summary>
public sealed class CatalogBuilderTests
{
    private const string Stats = """
        {"resources": [
          {"type": "web", "index": 1, "instance_guid": "i-1", "state": "RUNNING", "routable": true, "usage": {"time": "2016-03-23T23:17:30.476314154Z", "cpu": 0.00038711029163348665}, "host": "10.244.16.10",
           "instance_internal_ip": "10.255.93.167", "instance_ports": [
             {"external": 64546, "internal": 8080, "external_tls_proxy_port": 61002, "internal_tls_proxy_port": 61003},
             {"external": 64546, "internal": 8080, "external_tls_proxy_port": null, "internal_tls_proxy_port": 61443},
             {"external": 64547, "internal": 2222, "external_tls_proxy_port": 61004, "internal_tls_proxy_port": 61005}],
           "uptime": 9042, "mem_quota": 268435456, "fds_quota": 16384, "isolation_segment": "blue", "details": null},
          {"type": "web", "index": 0, "state": "DOWN", "uptime": 0, "isolation_segment": null, "details": "insufficient resources"}]}
        """;

    [Theory]
    [InlineData("RUNNING", null, Health.Healthy)]
    [InlineData("RUNNING", true, Health.Healthy)]
    [InlineData("RUNNING", false, Health.Unhealthy)]
    [InlineData("STARTING", null, Health.Unhealthy)]
    [InlineData("CRASHED", null, Health.Unhealthy)]
    [InlineData("STOPPING", null, Health.Draining)]
    [InlineData("DREAMING", null, Health.Unknown)]
    public void Health_IsByStateAndReadiness(string state, bool? routable, Health health)
    {
        ProcessStats stats = Read();
        stats.Resources[0].State = state;
        stats.Resources[0].Routable = routable;

        Instances(Builder(), stats).ShouldHaveSingleItem().Health.ShouldBe(health);
    }

    [Fact]
    public void App_HasItsPortsInstancesAndAttributes()
    {
        Instance instance = Instances(Builder(), Read()).ShouldHaveSingleItem();

        (instance.Id, instance.Service, instance.Namespace, instance.Address).ShouldBe(("o/s/cart/1", "cart", "s", "10.244.16.10"));
        instance.Ports.ShouldBe([new InstancePort(64546, "", Protocol.Http)]);
        instance.Attributes.Setting("weight").ShouldBe("3");
        foreach ((string name, string value) in ((string, string)[])
            [("app.guid", "a"), ("organization", "o"), ("space", "s"), ("process", "web"), ("instance", "i-1"), ("isolationSegment", "blue"), ("label.team", "red"), ("spaceLabel.tier", "gold"), ("routes", "cart.x")])
        {
            instance.Attributes.TryGet(name, out string? found).ShouldBeTrue(name);
            found.ShouldBe(value);
        }
    }

    [Fact]
    public void App_WithoutRoutes_IsCalledOnThePortOfItsContainer()
    {
        Instance instance = Instances(Builder(routes: []), Read()).ShouldHaveSingleItem();

        instance.Ports.ShouldBe([new InstancePort(64546, "", null, 8080)]);
    }

    [Fact]
    public void App_OfASpaceThatIsNotWanted_IsNone()
    {
        Builder(space: "other").Build(new Dictionary<string, ProcessStats>()).ShouldBeEmpty();
        Builder(space: "other").Running.ShouldBeEmpty();
    }

    [Fact]
    public void App_ThatIsStopped_HasNoInstances()
    {
        CatalogBuilder builder = Builder(state: "STOPPED");
        builder.Running.ShouldBeEmpty();

        Instances(builder, Read()).ShouldBeEmpty();
    }

    private static ProcessStats Read() => JsonSerializer.Deserialize(Stats, ControllerJson.Default.ProcessStats)!;

    private static List<Instance> Instances(CatalogBuilder builder, ProcessStats stats)
    {
        var problems = new List<Problem>();
        List<Instance> instances = [.. builder.Build(new Dictionary<string, ProcessStats> { ["p"] = stats }).Values.SelectMany(app => AppInstances.Of(app, problems))];
        problems.ShouldBeEmpty();
        return instances;
    }

    private static CatalogBuilder Builder(string state = "STARTED", string space = "s-guid", RouteObject[]? routes = null)
    {
        var organization = new OrganizationObject { Guid = "o-guid", Name = "o" };
        var own = new SpaceObject
        {
            Guid = "s-guid", Name = "s", Relationships = new RelationshipsObject { Organization = To("o-guid") },
            Metadata = new MetadataObject { Labels = new Dictionary<string, string?> { ["tier"] = "gold", ["controlplane.io/weight"] = "9" } },
        };
        var app = new AppObject
        {
            Guid = "a", Name = "cart", State = state, Relationships = new RelationshipsObject { Space = To(space) },
            Metadata = new MetadataObject { Labels = new Dictionary<string, string?> { ["team"] = "red", ["controlplane.io/weight"] = "3" } },
        };
        var process = new ProcessObject { Guid = "p", Type = "web", Instances = 2, Relationships = new RelationshipsObject { App = To("a") } };
        var route = new RouteObject
        {
            Guid = "r", Protocol = "http", Url = "cart.x", Destinations = [new DestinationObject { App = new DestinationApp { Guid = "a", Process = new ProcessReference { Type = "web" } }, Port = null, Protocol = null }],
        };
        return new CatalogBuilder([organization], [own], [app], [process], routes ?? [route]);
    }

    private static ToOne To(string guid) => new() { Data = new Reference { Guid = guid } };
}
