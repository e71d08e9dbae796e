using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Sources.Faults;

namespace ControlPlane.Tests.EndToEnd.Aws;

/// <summary>What is the same for all registries at AWS, and for them only.</summary>
[Collection(SourcesCollection.Name)]
public sealed class AwsRegistryTests(Registries registries)
{
    [Theory]
    [InlineData("ecs", 80)]
    [InlineData("ec2", 80)]
    [InlineData("lambda", 80)]
    [InlineData("cloudMap", 8080)]
    public async Task Service_HasItsPortAndItsRegion(string name, int port)
    {
        IRegistryUnderTest registry = await registries.GetAsync(name);
        await using WatchedSource source = registry.Watch(TimeSpan.FromSeconds(10));
        await source.LiveAsync();

        source.Find("cart")!.Ports.ShouldHaveSingleItem().Port.ShouldBe(port);
        source.Find("cart")!.Endpoints[0].Locality.Region.ShouldBe(MotoServer.Region);
    }
}
