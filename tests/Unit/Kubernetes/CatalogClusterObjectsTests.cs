using ControlPlane.Adapters;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Tests.Unit.Kubernetes;

public sealed class CatalogClusterObjectsTests
{
    private static CatalogSnapshot Snapshot(params Cluster[] clusters) => new()
    {
        Configuration = new ConfigRecord { Version = default, Revision = "", Objects = clusters.Select(cluster => (ConfigObject)cluster).ToValueList() },
    };

    [Fact]
    public async Task WatchAsync_Cluster_IsGivenAtOnceAndWhenItChanges()
    {
        var objects = new CatalogClusterObjects();
        var change = new CatalogChange([], Configuration: true, Completeness: false);
        await using IAsyncEnumerator<Cluster?> east = objects.WatchAsync("east", TestContext.Current.CancellationToken).GetAsyncEnumerator();

        (await east.MoveNextAsync()).ShouldBeTrue();
        east.Current.ShouldBeNull();
        ValueTask<bool> next = east.MoveNextAsync();
        objects.OnChanged(Snapshot(new Cluster { Name = "west" }), change);
        objects.OnChanged(Snapshot(new Cluster { Name = "west" }, new Cluster { Name = "east", Mesh = "banking" }), change);

        (await next).ShouldBeTrue();
        east.Current!.Mesh.ShouldBe("banking");
    }
}
