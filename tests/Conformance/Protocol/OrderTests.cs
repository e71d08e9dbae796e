using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Resource = ControlPlane.Xds.Resource;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class OrderTests
{
    private const string Clusters = TypeUrls.Cluster;
    private const string Assignments = TypeUrls.ClusterLoadAssignment;
    private const string Listeners = TypeUrls.Listener;
    private const string Routes = TypeUrls.RouteConfiguration;

    [Theory, InlineData(true), InlineData(false)]
    public async Task X25_WhateverTheOrderOfTheRequests_ClustersGoFirst(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"), Make.Assignment("c1"), Make.Any(Listeners, "l1"), Make.Route("r1", 1));
        XdsStream stream = await host.OpenAsync(isDelta);
        var node = new Node { Id = "n1", Cluster = "test" };
        (string Type, string[] Names)[] wanted = [(Routes, ["r1"]), (Listeners, []), (Assignments, ["c1"]), (Clusters, [])];

        // All in one frame, so that they are all there when the first response is made.
        await stream.Call.SendRawAsync([.. wanted.SelectMany(item => Request(isDelta, item.Type, item.Names, node))]);

        string[] expected = [Clusters, Assignments, Listeners, Routes];
        for (int i = 0; i < expected.Length; i++)
        {
            await stream.TakeAsync(expected[i]);
        }
    }

    [Fact]
    public async Task X25_Delta_RemovalsComeAfterAllChanges()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"), Make.Cluster("c-old"), Make.Any(Listeners, "l1"), Make.Any(Listeners, "l-old"), Make.Route("r1", 1, "c-old"));
        XdsStream stream = await host.OpenAsync(isDelta: true);
        await stream.AckAsync(await SubscribeAsync(stream, Clusters));
        Answer listeners = await SubscribeAsync(stream, Listeners);
        Answer routes = await SubscribeAsync(stream, Routes, "r1");
        host.Put(Make.Cluster("c0"));
        Answer clusters = await stream.NextAsync();
        await stream.ShouldBeQuietAsync();

        host.Remove(Clusters, "c-old");
        host.Remove(Listeners, "l-old");
        host.Put(Make.Cluster("c2"), Make.Any(Listeners, "l2"), Make.Route("r1", 2, "c1"));
        await stream.ShouldBeQuietAsync();
        await stream.AckAsync(routes);
        (await stream.NextAsync()).Names.ShouldBe(["r1"]);
        await stream.AckAsync(clusters);
        Answer more = await stream.NextAsync();
        more.TypeUrl.ShouldBe(Clusters);
        more.Names.ShouldBe(["c2"]);
        more.Removed.ShouldBeEmpty();
        await stream.AckAsync(listeners);
        Answer moreListeners = await stream.TakeAsync(Listeners);
        moreListeners.Names.ShouldBe(["l2"]);
        moreListeners.Removed.ShouldBeEmpty();

        (await stream.TakeAsync(Listeners)).Removed.ShouldBe(["l-old"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X26_Route_WaitsForTheClusterThatItNewlyNames(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await RoutedAsync(host, isDelta);

        host.Put(Make.Cluster("c2"), Make.Assignment("c2"), Make.Route("r1", 2, "c2"));
        Answer clusters = await stream.NextAsync();
        clusters.Names.ShouldContain("c2");
        await stream.ShouldBeQuietAsync();

        await stream.AckAsync(clusters);
        (await stream.TakeAsync(Routes)).Names.ShouldBe(["r1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X26_Route_WaitsNoLongerThan20Seconds(bool isDelta)
    {
        var time = new FakeTimeProvider();
        await using XdsHost host = await XdsHost.StartAsync(time: time);
        XdsStream stream = await RoutedAsync(host, isDelta);
        host.Put(Make.Cluster("c2"), Make.Assignment("c2"), Make.Route("r1", 2, "c2"));
        (await stream.NextAsync()).TypeUrl.ShouldBe(Clusters);
        await stream.ShouldBeQuietAsync();

        time.Advance(TimeSpan.FromSeconds(19));
        await stream.ShouldBeQuietAsync();
        time.Advance(TimeSpan.FromSeconds(1));

        (await stream.TakeAsync(Routes)).Names.ShouldBe(["r1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X26_Route_ToKnownClusters_DoesNotWait(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await RoutedAsync(host, isDelta);
        host.Put(Make.Cluster("c2"), Make.Assignment("c2"));
        (await stream.NextAsync()).TypeUrl.ShouldBe(Clusters);

        host.Put(Make.Route("r1", 2, "c1"));

        (await stream.TakeAsync(Routes)).Names.ShouldBe(["r1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X27_ChangedCluster_IsFollowedByItsUnchangedAssignment(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await RoutedAsync(host, isDelta);

        host.Put(Make.Cluster("c1", 2));

        // Envoy keeps its answer back until it has the endpoints.
        (await stream.NextAsync()).TypeUrl.ShouldBe(Clusters);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
        await stream.ShouldBeQuietAsync();
    }

    [Fact]
    public async Task X27_Delta_ClusterThatIsRemovedAndAddedAgain_GetsItsUnchangedAssignment()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await RoutedAsync(host, isDelta: true);
        host.Put(Make.Route("r1", 2));
        await stream.TakeAsync(Routes);
        host.Remove(Clusters, "c1");
        (await stream.TakeAsync(Clusters)).Removed.ShouldBe(["c1"]);

        host.Put(Make.Cluster("c1"));

        (await stream.TakeAsync(Clusters)).Names.ShouldBe(["c1"]);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
    }

    [Fact]
    public async Task X27_Delta_ClusterThatChangedMeanwhile_GetsItsAssignmentThoughTheClientHasIt()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        Resource assignment = Make.Assignment("c1");
        host.Put(Make.Cluster("c1", 2), assignment);
        XdsStream stream = await host.OpenAsync(isDelta: true);

        await stream.ResumeAsync(Clusters, [], "", ("c1", Make.Cluster("c1", 1).Version));
        (await stream.NextAsync()).Names.ShouldBe(["c1"]);
        await stream.ResumeAsync(Assignments, ["c1"], "", ("c1", assignment.Version));

        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X27a_NewClusterWithoutAssignment_GetsAnEmptyOne(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Clusters);
        await stream.TakeAsync(Clusters);

        await stream.SubscribeAsync(Assignments, "c1");

        (await stream.TakeAsync(Assignments))["c1"].Content.ShouldBe([0x0A, 2, .. "c1"u8]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X27b_MissingAnswer_ShowsWithItsClusters_AndDoesNotHoldWhatMendsThem(bool isDelta)
    {
        var time = new FakeTimeProvider();
        await using XdsHost host = await XdsHost.StartAsync(time: time);
        XdsStream stream = await RoutedAsync(host, isDelta);
        host.Put(Make.Cluster("bad"));
        Answer unanswered = await stream.NextAsync();
        unanswered.Names.ShouldContain("bad");
        DateTimeOffset since = time.GetUtcNow();
        host.Put(Make.Cluster("bad", 2));
        await stream.ShouldBeQuietAsync();

        TypeStatus status = (await host.Registry.ReadAsync()).Single().Types.Single(type => type.TypeUrl == Clusters);
        status.AwaitingAnswerSince.ShouldBe(since);
        status.AwaitingAnswerFor.ShouldContain("bad");
        time.Advance(TimeSpan.FromSeconds(20));

        Answer mended = await stream.NextAsync();
        (mended.TypeUrl, mended.Names.Contains("bad")).ShouldBe((Clusters, true));
        await stream.AckAsync(unanswered);
        await stream.AckAsync(mended);
        await stream.ShouldBeQuietAsync();
        (await host.Registry.ReadAsync()).Single().Types.Single(type => type.TypeUrl == Clusters).AwaitingAnswerSince.ShouldBeNull();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X28_RouteOfANewListener_AndSecrets_AreServedBeforeAnythingIsAcknowledged(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"), Make.Any(TypeUrls.Secret, "s1"), Make.Any(Listeners, "l1"), Make.Route("r1", 1));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Clusters);
        await stream.NextAsync();
        await stream.SubscribeAsync(TypeUrls.Secret, "s1");
        (await stream.NextAsync()).Names.ShouldBe(["s1"]);
        await stream.SubscribeAsync(Listeners);
        (await stream.NextAsync()).Names.ShouldBe(["l1"]);

        await stream.SubscribeAsync(Routes, "r1");

        (await stream.NextAsync()).Names.ShouldBe(["r1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X29_Cluster_IsRemovedAfterNoAcknowledgedRouteNamesIt(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c2"), Make.Assignment("c2"));
        XdsStream stream = await RoutedAsync(host, isDelta);

        host.Remove(Assignments, "c1");
        host.Remove(Clusters, "c1");
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Route("r1", 2, "c2"));
        Answer routes = await stream.NextAsync();
        routes.TypeUrl.ShouldBe(Routes);
        await stream.ShouldBeQuietAsync();
        await stream.AckAsync(routes);

        Answer removal = await stream.NextAsync();
        removal.TypeUrl.ShouldBe(Clusters);
        (isDelta ? removal.Removed.ToArray() : removal.Names).ShouldBe(isDelta ? ["c1"] : ["c2"]);
        await stream.ShouldBeQuietAsync();
        await stream.AckAsync(removal);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"], "it is still subscribed to, so it becomes empty");
    }

    /// <summary>A function is an endpoint that names a listener of the proxy, behind which is a cluster: what is on its way to it still finds both.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task X29_ListenerAndClusterBehindAnEndpoint_AreRemovedAfterIt(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("behind"), Make.Plain(Listeners, "inner", clusters: ["behind"]));
        XdsStream stream = await RoutedAsync(host, isDelta);
        host.Put(Make.Assignment("c1", 2, listener: "inner"));
        await stream.TakeAsync(Assignments);
        host.Put(Make.Assignment("c1", 3, listener: "inner"));
        Answer unanswered = await stream.NextAsync();

        host.Remove(Clusters, "behind");
        host.Remove(Listeners, "inner");
        host.Put(Make.Assignment("c1", 4));
        await stream.ShouldBeQuietAsync();
        await stream.AckAsync(unanswered);
        Answer assignment = await stream.NextAsync();
        assignment.TypeUrl.ShouldBe(Assignments);
        await stream.ShouldBeQuietAsync();
        await stream.AckAsync(assignment);
        await stream.ShouldBeQuietAsync();

        Answer listeners = await stream.NextAsync();
        listeners.TypeUrl.ShouldBe(Listeners);
        (isDelta ? listeners.Removed.ToArray() : listeners.Names).ShouldBe(isDelta ? ["inner"] : ["l1"]);
        await stream.ShouldBeQuietAsync();
        await stream.AckAsync(listeners);
        Answer clusters = await stream.NextAsync();
        clusters.TypeUrl.ShouldBe(Clusters);
        (isDelta ? clusters.Removed.ToArray() : clusters.Names).ShouldBe(isDelta ? ["behind"] : ["c1"]);
    }

    /// <summary>The cluster behind it warms: what came through the listener before would find none.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public async Task X29_EndpointThatNamesAListener_WaitsForTheClusterBehindIt(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await RoutedAsync(host, isDelta);
        host.Put(Make.Cluster("behind"));
        Answer clusters = await stream.NextAsync();
        clusters.TypeUrl.ShouldBe(Clusters);
        host.Put(Make.Plain(Listeners, "inner", clusters: ["behind"]));
        await stream.TakeAsync(Listeners);

        host.Put(Make.Assignment("c1", 2, listener: "inner"));
        await stream.ShouldBeQuietAsync();
        await stream.AckAsync(clusters);

        (await stream.NextAsync()).TypeUrl.ShouldBe(Assignments);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X30_RejectedOrUnansweredClusters_DoNotHoldEndpoints(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await RoutedAsync(host, isDelta);
        host.Put(Make.Cluster("bad", 1, "bad.yaml"));
        await stream.NackAsync(await stream.NextAsync(), "bad: no");

        host.Put(Make.Assignment("c1", 2));
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
        host.Put(Make.Cluster("c3"));
        (await stream.NextAsync()).TypeUrl.ShouldBe(Clusters);
        host.Put(Make.Assignment("c1", 3));

        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
    }

    /// <summary>A client that has all types, with a route to c1, everything acknowledged.</summary>
    private static async Task<XdsStream> RoutedAsync(XdsHost host, bool isDelta)
    {
        host.Put(Make.Cluster("c1"), Make.Assignment("c1"), Make.Any(Listeners, "l1"), Make.Route("r1", 1, "c1"));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(Clusters);
        await stream.TakeAsync(Clusters);
        await stream.SubscribeAsync(Assignments, "c1");
        await stream.TakeAsync(Assignments);
        await stream.SubscribeAsync(Listeners);
        await stream.TakeAsync(Listeners);
        await stream.SubscribeAsync(Routes, "r1");
        await stream.TakeAsync(Routes);
        await stream.ShouldBeQuietAsync();
        return stream;
    }

    private static async Task<Answer> SubscribeAsync(XdsStream stream, string type, params string[] names)
    {
        await stream.SubscribeAsync(type, names);
        Answer answer = await stream.NextAsync();
        answer.TypeUrl.ShouldBe(type);
        return answer;
    }

    private static byte[] Request(bool isDelta, string type, string[] names, Node node)
    {
        byte[] message = isDelta
            ? new DeltaDiscoveryRequest { TypeUrl = type, Node = node, ResourceNamesSubscribe = { names } }.ToByteArray()
            : new DiscoveryRequest { TypeUrl = type, Node = node, ResourceNames = { names } }.ToByteArray();
        return H2Stream.Prefixed(message, message.Length);
    }
}
