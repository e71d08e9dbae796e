using ControlPlane.Adapters;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Tests.Unit.Instances;

/// <summary>The services that a registry's instances make, and what is said of their changes.</summary>
public sealed class InstancePictureTests
{
    private static readonly Cluster East = new() { Name = "east", Mesh = "bank", Locality = new Locality("eu", "eu-a") };
    private readonly InstancePicture picture = new("consul/dc1", "east", SourceMapping.Default);

    [Fact]
    public void TakeChanges_BeforeTheReadingIsComplete_SaysNothing()
    {
        picture.SetClusters(Clusters(East));
        picture.Apply(new GroupRead("web", [Web("i-1", "10.0.0.1")]));

        Take().ShouldBeEmpty();
    }

    [Fact]
    public void TakeChanges_OfACompleteReading_SaysAllOfIt()
    {
        Read(Web("i-1", "10.0.0.1"), Web("i-2", "10.0.0.2") with { Locality = new Locality("eu", "eu-b"), Health = Health.Unhealthy });

        DiscoveryEvent[] events = Take();

        ServicePart part = events.OfType<Replaced>().ShouldHaveSingleItem().Part;
        events[^1].ShouldBe(Synced.Instance);
        part.Service.ShouldBe(new ServiceId("bank", "default", "web"));
        part.Ports.ShouldBe([new ServicePort("", 80, Protocol.Http)]);
        part.Endpoints.Select(endpoint => $"{endpoint.Address}:{endpoint.Ports[0]} {endpoint.Locality} {endpoint.Health} {endpoint.Cluster} {endpoint.Workload}")
            .ShouldBe(["10.0.0.1:8080 eu/eu-a Healthy east i-1", "10.0.0.2:8080 eu/eu-b Unhealthy east i-2"]);
    }

    [Fact]
    public void TakeChanges_OfAChangedGroup_SaysItsServicesOnly()
    {
        Read(Web("i-1", "10.0.0.1"));
        picture.Apply(new GroupRead("db", [Web("d-1", "10.0.1.1") with { Service = "db" }]));
        Take();

        picture.Apply(new GroupRead("i-1", [Web("i-1", "10.0.0.9")]));

        Take().ShouldHaveSingleItem().ShouldBeOfType<Replaced>().Part.Endpoints[0].Address.ShouldBe("10.0.0.9");
        Take().ShouldBeEmpty();
    }

    [Fact]
    public void Labels_AreTheAttributesThatAllInstancesHave()
    {
        InstanceAttributes With(string version) => new([new("tag.team", "shop"), new("meta.version", version), new("node.rack", "")]);
        Read(Web("i-1", "10.0.0.1") with { Attributes = With("1") }, Web("i-2", "10.0.0.2") with { Attributes = With("2") });

        Take().OfType<Replaced>().ShouldHaveSingleItem().Part.Labels.ShouldBe([new Label("tag.team", "shop")]);
    }

    [Fact]
    public void TakeChanges_OfAGroupThatIsEmpty_RemovesItsService()
    {
        Read(Web("i-1", "10.0.0.1"));
        Take();

        picture.Apply(new GroupRead("i-1", []));

        Take().ShouldBe([new Removed(new ServiceId("bank", "default", "web"))]);
    }

    [Fact]
    public void TakeChanges_OfAnotherReading_IsAWholeReadingAgain()
    {
        Read(Web("i-1", "10.0.0.1"), Web("i-2", "10.0.0.2"));
        Take();

        picture.Apply(new ReadingBegun());
        picture.Apply(new GroupRead("i-1", [Web("i-1", "10.0.0.1")]));
        Take().ShouldBeEmpty();
        picture.Apply(new ReadingComplete());

        DiscoveryEvent[] events = Take();
        events[0].ShouldBe(Begun.Instance);
        events.OfType<Replaced>().ShouldHaveSingleItem().Part.Endpoints.ShouldHaveSingleItem().Address.ShouldBe("10.0.0.1");
        events[^1].ShouldBe(Synced.Instance);
    }

    [Fact]
    public void TakeChanges_OfTheClusterInAnotherMesh_MovesItsServices()
    {
        Read(Web("i-1", "10.0.0.1"));
        Take();

        picture.SetClusters(Clusters(East with { Mesh = "trading" }));

        DiscoveryEvent[] events = Take();
        events.OfType<Removed>().ShouldHaveSingleItem().Service.Mesh.ShouldBe("bank");
        events.OfType<Replaced>().ShouldHaveSingleItem().Part.Service.Mesh.ShouldBe("trading");
    }

    [Fact]
    public void Problems_NameBothSidesOfAConflictAndAMissingCluster()
    {
        picture.SetClusters(new Dictionary<string, Cluster>());
        picture.Apply(new GroupRead("web", [Web("i-1", "10.0.0.1"), Web("i-2", "10.0.0.2") with { Ports = [new InstancePort(80, "tcp", Protocol.Tcp, 80)] }]));
        picture.Apply(new ReadingComplete());

        ValueList<Problem> problems = Take().OfType<Troubled>().ShouldHaveSingleItem().Problems;

        problems.Select(problem => problem.ToString()).ShouldBe(
        [
            "consul/dc1: cluster: there is no Cluster east: declare it, its mesh, network and locality are not known",
            "i-2: protocol: port 80 of default/web is Tcp here and Http of i-1, which counts: let them agree",
        ]);
    }

    [Fact]
    public void Instance_ThatIsToDrain_Drains()
    {
        Read(Web("i-1", "10.0.0.1") with { Attributes = new InstanceAttributes([new("meta.controlplane-drain", "true")]) });

        Take().OfType<Replaced>().ShouldHaveSingleItem().Part.Endpoints[0].Health.ShouldBe(Health.Draining);
    }

    [Fact]
    public void Instances_OfClustersInTwoMeshes_AreTwoServices()
    {
        picture.SetClusters(Clusters(East, new Cluster { Name = "west", Mesh = "trading" }));
        picture.Apply(new GroupRead("web", [Web("i-1", "10.0.0.1"), Web("i-2", "10.0.0.2") with { Cluster = "west" }]));
        picture.Apply(new ReadingComplete());

        Take().OfType<Replaced>().Select(replaced => $"{replaced.Part.Service} {replaced.Part.Endpoints[0].Address}")
            .ShouldBe(["bank/default/web 10.0.0.1", "trading/default/web 10.0.0.2"]);
    }

    private static Dictionary<string, Cluster> Clusters(params Cluster[] clusters) => clusters.ToDictionary(cluster => cluster.Name);

    private DiscoveryEvent[] Take() => [.. picture.TakeChanges().Where(happened => happened is not Troubled { Problems.IsEmpty: true })];

    private void Read(params Instance[] instances)
    {
        picture.SetClusters(Clusters(East));
        foreach (Instance instance in instances)
        {
            picture.Apply(new GroupRead(instance.Id, [instance]));
        }
        picture.Apply(new ReadingComplete());
    }

    private static Instance Web(string id, string address) => new() { Id = id, Service = "web", Address = address, Ports = [new InstancePort(8080, "http")] };
}
