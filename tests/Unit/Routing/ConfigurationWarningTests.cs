using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>What is valid, and yet can hardly be meant.</summary>
public sealed class ConfigurationWarningTests
{
    [Fact]
    public void PolicyThatSelectsNothing_IsNamed() =>
        Warnings(new TrafficPolicy { Namespace = "shop", Name = "p", Service = "crat" }).ShouldBe(["TrafficPolicy shop/p: spec.service: TrafficPolicy shop/p selects no service: nothing of it takes effect"]);

    [Fact]
    public void SubsetWithoutEndpoints_IsNamed() =>
        Warnings(new TrafficPolicy { Namespace = "shop", Name = "p", Service = "cart", Subsets = [new Subset("v9", [new Label("version", "v9")])] })
            .ShouldBe(["TrafficPolicy shop/p: spec.subsets[0]: no endpoint has the labels of subset v9: calls to it are answered 503"]);

    [Fact]
    public void FailoverToWhereNothingRuns_IsNamed() =>
        Warnings(new TrafficPolicy { Namespace = "shop", Name = "p", Service = "cart", Failover = [new FailoverTier(["mars"], [], [])] })
            .ShouldBe(["TrafficPolicy shop/p: spec.failover[0]: no endpoint is in any of these places: the tier is empty"]);

    [Fact]
    public void ExportWithoutAnybodyWhoCouldCall_IsNamed() =>
        Warnings(new Export { Namespace = "shop", Name = "e", Mesh = "default", Service = "nothing", ToMeshes = ["trading"] }).Length.ShouldBe(3);

    [Fact]
    public void GatewayThatLeadsToNothing_IsNamed() =>
        Warnings(new RegionGateway { Name = "g", Role = GatewayRole.EastWest, Network = "elsewhere", Addresses = [new GatewayAddress("192.0.2.1", 15443, [])] })
            .ShouldContain("RegionGateway g: spec.network: no cluster of mesh default is in network elsewhere: the gateway leads to nothing");

    [Fact]
    public void SensibleConfiguration_HasNone() =>
        Warnings(new TrafficPolicy { Namespace = "shop", Name = "p", Service = "cart", Failover = [new FailoverTier(["eu"], [], [])] }).ShouldBeEmpty();

    private static string[] Warnings(params ConfigObject[] objects) => [.. ConfigurationWarnings.Of(new CatalogSnapshot
    {
        Configuration = new ConfigRecord { Version = default, Objects = objects.Append(new Cluster { Name = "near" }).ToValueList() },
        Services = new[]
        {
            new ServiceRecord { Version = default, Service = Samples.Service("cart"), Ports = [Samples.Http], Endpoints = World.At("eu/a", 1).ToValueList() },
        }.ToImmutableDictionary(service => service.Service),
    }).Select(problem => problem.ToString())];
}
