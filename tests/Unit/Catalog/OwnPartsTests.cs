using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Silo.Regions;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>What a region tells others of a service: its own word, and no other.</summary>
public sealed class OwnPartsTests
{
    private static readonly PartVersion Own = new("file", default, "cart.yaml:1");
    private static readonly PartVersion Foreign = new("region/us", default, "region us: cart.yaml:1");

    [Fact]
    public void Endpoints_LearntFromOthers_AndPortsThatOnlyTheyServe_AreLeftOut()
    {
        ServiceRecord cart = Record(
            [Own, Foreign], Samples.Endpoint("10.0.0.1") with { Ports = [8080, 0] }, Samples.Endpoint("10.1.0.1") with { Ports = [8080, 9090], Region = "us" });

        ServicePart part = OwnParts.Of(cart).ShouldNotBeNull();

        part.Endpoints.ShouldHaveSingleItem().Address.ShouldBe("10.0.0.1");
        part.Endpoints[0].Ports.ShouldBe([8080]);
        part.Ports.ShouldHaveSingleItem().Port.ShouldBe(80);
        part.Origin.ShouldBe("cart.yaml:1");
    }

    [Fact]
    public void Service_OfOthersAlone_IsNotPassedOn() =>
        OwnParts.Of(Record([Foreign], Samples.Endpoint("10.1.0.1") with { Ports = [8080, 9090], Region = "us" })).ShouldBeNull();

    [Fact]
    public void Service_WithoutEndpoints_IsStillSaid() => OwnParts.Of(Record([Own])).ShouldNotBeNull().Ports.Count.ShouldBe(2);

    [Fact]
    public void EndpointsForTheirOwnCluster_AndNamesThatProxiesResolve_StayHere()
    {
        OwnParts.Of(Record([Own], Samples.Endpoint("10.0.0.1") with { Ports = [8080, 9090], IsLocal = true }))!.Endpoints.ShouldBeEmpty();
        OwnParts.Of(Record([Own]) with { ExternalName = "db.example.com" }).ShouldBeNull();
    }

    [Fact]
    public void Objects_OfThisRegion_ThatLeadToItsEndpoints_AreTold()
    {
        var snapshot = new CatalogSnapshot
        {
            Configuration = new ConfigRecord
            {
                Version = default,
                Objects = [new Cluster { Name = "eu" }, new Cluster { Name = "us", Region = "us" }, new Network { Name = "n" }, new TrafficPolicy { Name = "p", Namespace = "shop" }],
            },
        };

        OwnParts.Objects(snapshot).Select(item => item.Reference).ShouldBe(["Cluster eu", "Network n"]);
    }

    private static ServiceRecord Record(ValueList<PartVersion> parts, params Endpoint[] endpoints) => new()
    {
        Version = default,
        Service = Samples.Service("cart"),
        Ports = [new ServicePort("http", 80, Protocol.Http), new ServicePort("admin", 81, Protocol.Http)],
        Endpoints = endpoints.ToValueList(),
        Parts = parts,
    };
}
