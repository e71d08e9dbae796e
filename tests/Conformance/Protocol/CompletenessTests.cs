using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class CompletenessTests
{
    private const string Clusters = TypeUrls.Cluster;
    private const string Routes = TypeUrls.RouteConfiguration;
    private const string Assignments = TypeUrls.ClusterLoadAssignment;

    [Theory, InlineData(true), InlineData(false)]
    public async Task X10_NameThatIsAdded_IsSentThoughUnchanged(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Route("r1", 1), Make.Route("r2", 1));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Routes, "r1");
        await stream.TakeAsync(Routes);

        await stream.SubscribeAsync(Routes, "r2");
        (await stream.TakeAsync(Routes)).Names.ShouldBe(["r2"]);
        await stream.UnsubscribeAsync(Routes, "r1");
        await stream.SubscribeAsync(Routes, "r1");

        (await stream.TakeAsync(Routes)).Names.ShouldBe(["r1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X10_NameThatIsMissing_IsSentWhenItComes(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Routes, "r1");
        if (isDelta)
        {
            (await stream.TakeAsync(Routes)).Removed.ShouldBe(["r1"]);
        }
        await stream.ShouldBeQuietAsync();

        host.Put(Make.Route("r1", 1));

        (await stream.TakeAsync(Routes)).Names.ShouldBe(["r1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X10a_Waiting_NoWildcardIsAnswered_AndNamesWaitUntilTheyAreThere(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync(Completeness.Waiting);
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Clusters);
        await stream.SubscribeAsync(Assignments, "c1", "c2");
        await stream.ShouldBeQuietAsync();

        host.Put(Make.Assignment("c1"));
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
        host.Put(Make.Cluster("c1"));
        await stream.ShouldBeQuietAsync();

        host[Clusters].Publish([], Completeness.Complete);
        (await stream.TakeAsync(Clusters)).Names.ShouldBe(["c1"]);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
        host[Assignments].Publish([], Completeness.Complete);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c2"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X10a_Partial_FreshRequestsAreAnswered_AndNothingIsRemoved(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync(Completeness.Partial);
        host.Put(Make.Cluster("c1"), Make.Cluster("c2"));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Clusters);
        (await stream.TakeAsync(Clusters)).Names.ShouldBe(["c1", "c2"]);

        host.Remove(Clusters, "c2");
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Cluster("c3"));
        Answer more = await stream.TakeAsync(Clusters);
        more.Names.ShouldBe(isDelta ? ["c3"] : ["c1", "c2", "c3"]);
        more.Removed.ShouldBeEmpty();

        host[Clusters].Publish([], Completeness.Complete);
        Answer complete = await stream.TakeAsync(Clusters);
        complete.Names.ShouldBe(isDelta ? [] : ["c1", "c3"]);
        complete.Removed.ShouldBe(isDelta ? ["c2"] : []);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X10a_Partial_ClientThatComesBack_LosesNothing(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync(Completeness.Partial, options => options.ResumeGrace = TimeSpan.Zero);
        host.Put(Make.Cluster("c1"));
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.ResumeAsync(Clusters, [], "of-another-time", ("c1", "old"), ("c2", "old"));
        if (isDelta)
        {
            Answer changed = await stream.TakeAsync(Clusters);
            changed.Names.ShouldBe(["c1"]);
            changed.Removed.ShouldBeEmpty();
        }
        await stream.ShouldBeQuietAsync();

        host[Clusters].Publish([new ResourceChange("c2", Make.Cluster("c2"))], Completeness.Complete);
        (await stream.TakeAsync(Clusters)).Names.ShouldBe(isDelta ? ["c2"] : ["c1", "c2"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X10a_Remembered_FreshRequestsAreAnswered_AndWhatAClientBringsStays(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync(Completeness.Remembered, options => options.ResumeGrace = TimeSpan.Zero);
        host.Put(Make.Cluster("c1"));
        host.Put(Make.Assignment("c1", 1));
        XdsStream fresh = await host.OpenAsync(isDelta);
        await fresh.SubscribeAsync(Clusters);
        (await fresh.TakeAsync(Clusters)).Names.ShouldBe(["c1"]);

        XdsStream back = await host.OpenAsync(isDelta);
        await back.ResumeAsync(Clusters, [], "of-another-time", ("c1", "newer"), ("c2", "newer"));
        await back.ResumeAsync(Assignments, ["c1"], "of-another-time", ("c1", "newer"));
        await back.ShouldBeQuietAsync();

        // What is published meanwhile may still be older than what it has.
        host.Put(Make.Assignment("c1", 2));
        await back.ShouldBeQuietAsync();
        host.SetAll(Completeness.Complete);
        (await back.TakeAsync(Clusters)).Names.ShouldBe(["c1"]);
        (await back.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X10b_FirstMessageOf61KilobytesOnEachOfTwoStreams_IsTakenWithoutItsExtensions(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"));
        H2Connection connection = await host.ConnectAsync();
        for (int i = 0; i < 2; i++)
        {
            XdsStream stream = await XdsStream.OpenAsync(connection, isDelta);
            byte[] node = [.. new Node { Id = $"n{i}", Cluster = "test" }.ToByteArray(), .. Enumerable.Range(0, 516).SelectMany(_ => Extension())];
            byte[] request = isDelta
                ? [0x0A, .. Length(node), .. node, .. new DeltaDiscoveryRequest { TypeUrl = Clusters }.ToByteArray()]
                : [0x12, .. Length(node), .. node, .. new DiscoveryRequest { TypeUrl = Clusters }.ToByteArray()];
            request.Length.ShouldBeGreaterThan(61_000);

            await stream.Call.SendRawAsync(H2Stream.Prefixed(request, request.Length), frameSize: 1000);

            (await stream.TakeAsync(Clusters)).Names.ShouldBe(["c1"]);
        }
        host.Nodes.Select(node => node.Id).ShouldBe(["n0", "n1"]);
    }

    // Node.extensions = 9, which the server's own message does not have.
    private static byte[] Extension() => [0x4A, 120, .. Enumerable.Repeat((byte)'x', 120)];

    private static byte[] Length(byte[] bytes) => [(byte)(bytes.Length | 0x80), (byte)((bytes.Length >> 7) | 0x80), (byte)(bytes.Length >> 14)];
}
