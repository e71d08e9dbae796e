using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class StreamTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task X1_Node_IsReadFromTheFirstRequest(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"));
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.SubscribeAsync(TypeUrls.Cluster);

        (await stream.TakeAsync(TypeUrls.Cluster)).Names.ShouldBe(["c1"]);
        await stream.SubscribeAsync(TypeUrls.ClusterLoadAssignment, "c1");
        (await stream.TakeAsync(TypeUrls.ClusterLoadAssignment)).Names.ShouldBe(["c1"]);
        host.Nodes.ShouldHaveSingleItem().Id.ShouldBe("n1");
    }
}
