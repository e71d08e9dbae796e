using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using Envoy.Service.Discovery.V3;
using Google.Rpc;
using Resource = ControlPlane.Xds.Resource;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class StreamTests
{
    private const string Clusters = TypeUrls.Cluster;
    private const string Assignments = TypeUrls.ClusterLoadAssignment;

    [Theory, InlineData(true), InlineData(false)]
    public async Task X1_Node_IsReadFromTheFirstRequestOnly(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"), Make.Assignment("c1"));
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.SubscribeAsync(Clusters);
        (await stream.TakeAsync(Clusters)).Names.ShouldBe(["c1"]);
        await stream.SubscribeAsync(Assignments, "c1");
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);

        host.Nodes.ShouldHaveSingleItem().Id.ShouldBe("n1");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X1_NoNodeInTheFirstRequest_IsInvalid(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await XdsStream.OpenAsync(await host.ConnectAsync(), isDelta);

        await stream.Call.SendAsync([]);

        (await stream.Call.StatusAsync()).ShouldBe((3, "the first request of a stream must have a node"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X2_Nonces_AreNewForEachResponseAndType(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"), Make.Assignment("c1"));
        XdsStream stream = await host.OpenAsync(isDelta);
        var nonces = new List<string>();

        await stream.SubscribeAsync(Clusters);
        nonces.Add((await stream.TakeAsync(Clusters)).Nonce);
        await stream.SubscribeAsync(Assignments, "c1");
        nonces.Add((await stream.TakeAsync(Assignments)).Nonce);
        host.Put(Make.Assignment("c1", 2));
        nonces.Add((await stream.TakeAsync(Assignments)).Nonce);

        nonces.ShouldBeUnique();
        nonces.ShouldNotContain("");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X2_NonceOfAnEarlierStream_AcknowledgesNothing(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Assignment("c1"));
        XdsStream earlier = await host.OpenAsync(isDelta);
        await earlier.SubscribeAsync(Assignments, "c1");
        Answer old = await earlier.TakeAsync(Assignments);
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Assignments, "c1");
        Answer first = await stream.NextAsync();

        await stream.AckAsync(old);
        host.Put(Make.Assignment("c1", 2));
        await stream.ShouldBeQuietAsync();

        await stream.AckAsync(first);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X3_UnansweredType_DoesNotHoldAnother(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"), Make.Assignment("c1"));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Clusters);
        Answer clusters = await stream.NextAsync();
        await stream.SubscribeAsync(Assignments, "c1");
        Answer assignments = await stream.TakeAsync(Assignments);

        // The nonce of one type says nothing of another.
        await stream.AckAsync(clusters with { TypeUrl = Assignments });
        host.Put(Make.Cluster("c2"));
        host.Put(Make.Assignment("c1", 2));
        if (isDelta)
        {
            (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
        }
        else
        {
            (await stream.NextAsync()).TypeUrl.ShouldBe(Assignments);
        }

        await stream.AckAsync(clusters);
        (await stream.TakeAsync(Clusters)).Names.ShouldContain("c2");
        assignments.Names.ShouldBe(["c1"]);
    }

    [Fact]
    public async Task X4_Sotw_StaleNonce_IsNotAnswered()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Assignment("c1"), Make.Assignment("c2"));
        var stream = (SotwStream)await host.OpenAsync(isDelta: false);
        await stream.SubscribeAsync(Assignments, "c1");
        Answer first = await stream.TakeAsync(Assignments);
        host.Put(Make.Assignment("c1", 2));
        Answer second = await stream.NextAsync();

        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Assignments, ResourceNames = { "c1", "c2" }, VersionInfo = first.Version, ResponseNonce = first.Nonce });
        await stream.ShouldBeQuietAsync();

        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Assignments, ResourceNames = { "c1", "c2" }, VersionInfo = second.Version, ResponseNonce = second.Nonce });
        (await stream.NextAsync()).Names.ShouldBe(["c2"]);
    }

    [Fact]
    public async Task X4_Sotw_NoNonceWhileAResponseIsUnanswered_IsNotAnswered()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Assignment("c1"), Make.Assignment("c2"));
        var stream = (SotwStream)await host.OpenAsync(isDelta: false);
        await stream.SubscribeAsync(Assignments, "c1");
        Answer first = await stream.NextAsync();

        await stream.SubscribeAsync(Assignments, "c2");
        await stream.ShouldBeQuietAsync();
        (await host.Registry.ReadAsync()).Single().Types.Single(type => type.TypeUrl == Assignments).Named.ShouldBe(1);

        await stream.AckAsync(first);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c2"]);
    }

    [Fact]
    public async Task X4_Delta_StaleNonce_StillChangesTheSubscription()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Assignment("c1"), Make.Assignment("c2"));
        var stream = (DeltaStream)await host.OpenAsync(isDelta: true);
        await stream.SubscribeAsync(Assignments, "c1");
        Answer first = await stream.TakeAsync(Assignments);
        host.Put(Make.Assignment("c1", 2));
        Answer second = await stream.NextAsync();

        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Assignments, ResourceNamesSubscribe = { "c2" }, ResponseNonce = first.Nonce });
        await stream.ShouldBeQuietAsync();

        await stream.AckAsync(second);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c2"]);
    }

    [Fact]
    public async Task X5_Nack_IsErrorDetailAndNotTheVersion()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"));
        var stream = (SotwStream)await host.OpenAsync(isDelta: false);
        await stream.SubscribeAsync(Clusters);
        Answer first = await stream.NextAsync();

        // The old version without an error: an acknowledgement. The new one with an error: none.
        await stream.SendAsync(new DiscoveryRequest { TypeUrl = Clusters, VersionInfo = "", ResponseNonce = first.Nonce });
        host.Put(Make.Cluster("c2"));
        Answer second = await stream.NextAsync();
        await stream.SendAsync(new DiscoveryRequest
        {
            TypeUrl = Clusters, VersionInfo = second.Version, ResponseNonce = second.Nonce, ErrorDetail = new Status { Code = 13, Message = "c2 is bad" },
        });
        await stream.ShouldBeQuietAsync();

        TypeStatus status = (await host.Registry.ReadAsync()).Single().Types.Single(type => type.TypeUrl == Clusters);
        (status.Accepted, status.Rejected).ShouldBe((1, 1));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X6_AckAndNack_AreNotAnswered_UntilTheContentChanges(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Clusters);
        await stream.TakeAsync(Clusters);
        await stream.ShouldBeQuietAsync();

        host.Put(Make.Cluster("c1", 2));
        await stream.NackAsync(await stream.NextAsync(), "no");
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Cluster("c1", 2));
        await stream.ShouldBeQuietAsync();

        host.Put(Make.Cluster("c1", 3));
        (await stream.TakeAsync(Clusters)).Names.ShouldBe(["c1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X7_Response_HasNoNameTwice_AndResourcesOfItsType(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Assignment("c1"), Make.Assignment("c2"));
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.SubscribeAsync(Assignments, "c1", "c2", "c1");
        Answer first = await stream.NextAsync();
        host.Put(Make.Assignment("c1", 2));
        host.Put(Make.Assignment("c1", 3));
        host.Put(Make.Assignment("c2", 2));
        await stream.AckAsync(first);
        Answer second = await stream.TakeAsync(Assignments);

        first.Names.ShouldBe(["c1", "c2"]);
        second.Names.ShouldBe(["c1", "c2"]);
        second["c1"].Content.ShouldBe(ContentOf(Make.Assignment("c1", 3)));
        first.Items.Concat(second.Items).ShouldAllBe(item => item.ContentType == Assignments);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X8_OtherReplica_HasTheSameVersions_AndSendsNothing(bool isDelta)
    {
        await using XdsHost one = await XdsHost.StartAsync();
        await using XdsHost other = await XdsHost.StartAsync();
        one.Put(Make.Cluster("c1"), Make.Cluster("c2"));
        other.Put(Make.Cluster("c2"), Make.Cluster("c3"));
        other.Put(Make.Cluster("c1", 7));
        other.Put(Make.Cluster("c1"));
        other.Remove(Clusters, "c3");
        XdsStream before = await one.OpenAsync(isDelta);
        await before.SubscribeAsync(Clusters);
        Answer had = await before.TakeAsync(Clusters);

        XdsStream after = await other.OpenAsync(isDelta);
        await after.ResumeAsync(Clusters, [], had.Version, [.. had.Items.Select(item => (item.Name, item.Version))]);
        await after.ShouldBeQuietAsync();

        other.Put(Make.Cluster("c4"));
        (await after.TakeAsync(Clusters)).Names.ShouldContain("c4");
    }

    private static byte[] ContentOf(Resource resource) =>
        DiscoveryResponse.Parser.ParseFrom(resource.Sotw.ToArray()).Resources.Single().Value.ToByteArray();
}
