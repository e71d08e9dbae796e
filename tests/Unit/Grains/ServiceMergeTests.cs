using ControlPlane.Grains.Services;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>One service made of several parts.</summary>
public sealed class ServiceMergeTests
{
    private static readonly ServicePort Admin = new("admin", 9090, Protocol.Http);

    [Fact]
    public void Merge_OfNothing_IsDeleted() => Merge().Deleted.ShouldBeTrue();

    [Fact]
    public void Merge_OfOnePart_HasItsEndpointsAsTheyAre()
    {
        ServicePart part = Samples.Part("cart", "10.0.0.1", "10.0.0.2");

        ServiceRecord merged = Merge(part);

        merged.Endpoints.ShouldBe(part.Endpoints);
        merged.Ports.ShouldBe(part.Ports);
        merged.Conflicts.ShouldBeEmpty();
    }

    [Fact]
    public void Merge_OfPartsWithOtherPorts_PutsEachEndpointsPortsInTheServicesOrder()
    {
        ServiceRecord merged = Merge(Samples.Part("cart", [Samples.Http], "10.0.0.1"), Samples.Part("cart", [Admin, Samples.Http], "10.0.1.1"));

        merged.Ports.ShouldBe([Samples.Http, Admin]);
        merged.Endpoints.Select(endpoint => endpoint.Ports).ShouldBe([[8080, 0], [8081, 8080]]);
    }

    [Fact]
    public void Merge_OfAHostName_KeepsItUnlessThereAreEndpoints()
    {
        ServicePart name = Samples.Part("cart") with { ExternalName = "cart.example.com" };
        Merge(name).ExternalName.ShouldBe("cart.example.com");
        Merge(Samples.Part("cart"), name).ExternalName.ShouldBe("cart.example.com", "a part without endpoints says nothing against it");

        ServiceRecord merged = Merge(name, Samples.Part("cart", "10.0.0.1"));

        merged.ExternalName.ShouldBeEmpty();
        merged.Conflicts.ShouldBe(["source-0 says that it is the host name cart.example.com, which gives way to the endpoints of source-1"]);
        Merge(name, name with { ExternalName = "other.example.com" }).Conflicts
            .ShouldBe(["source-1 says that it is the host name other.example.com, which gives way to the host name cart.example.com of source-0"]);
    }

    [Fact]
    public void Merge_OfAnExportedPart_IsExported() =>
        Merge(Samples.Part("cart", "10.0.0.1"), Samples.Part("cart", "10.0.0.2") with { IsExported = true }).IsExported.ShouldBeTrue();

    [Fact]
    public void Merge_OfAnAddressOfTwoSources_CountsItOnceAndSaysSo()
    {
        ServiceRecord merged = Merge(Samples.Part("cart", "10.0.0.1"), Samples.Part("cart", "10.0.0.1", "10.0.0.2"));

        merged.Endpoints.Select(endpoint => endpoint.Address).ShouldBe(["10.0.0.1", "10.0.0.2"]);
        merged.Conflicts.ShouldHaveSingleItem().ShouldStartWith("10.0.0.1 of source-1 is there already");
    }

    [Fact]
    public void Merge_OfAnAddressTwiceInOneSource_CountsItOnce()
    {
        ServiceRecord merged = Merge(Samples.Part("cart", "10.0.0.1", "10.0.0.2", "10.0.0.1"));

        merged.Endpoints.Select(endpoint => endpoint.Address).ShouldBe(["10.0.0.1", "10.0.0.2"]);
        merged.Conflicts.Count.ShouldBe(1);
    }

    [Fact]
    public void Merge_OfAnAddressWithOtherPorts_KeepsBoth()
    {
        ServicePart part = Samples.Part("cart", "127.0.0.1", "127.0.0.1");
        part = part with { Endpoints = [part.Endpoints[0], part.Endpoints[1] with { Ports = [8081] }] };

        ServiceRecord merged = Merge(part);

        merged.Endpoints.Count.ShouldBe(2);
        merged.Conflicts.ShouldBeEmpty();
    }

    [Fact]
    public void Merge_OfAnAddressThatSharesOnePortOfTwo_KeepsTheOther()
    {
        ServicePart part = Samples.Part("cart", [Samples.Http, Admin], "10.0.0.1", "10.0.0.1");
        part = part with { Endpoints = [part.Endpoints[0], part.Endpoints[1] with { Ports = [8080, 9999] }] };

        Merge(part).Endpoints.Select(endpoint => endpoint.Ports).ShouldBe([[8080, 8081], [0, 9999]]);
    }

    private static ServiceRecord Merge(params ServicePart[] parts) => ServiceMerge.Merge(
        Samples.Service("cart"), parts.Select((part, index) => new PartReport($"source-{index}", new RecordVersion(1, 1, 1), part)));
}
