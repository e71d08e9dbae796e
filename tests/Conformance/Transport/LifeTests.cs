using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using ControlPlane.Tests.Support;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace ControlPlane.Tests.Conformance.Transport;

public sealed class LifeTests
{
    [Fact]
    public async Task T3_SilentStream_HasNoRateToKeep()
    {
        await using XdsHost host = await XdsHost.StartAsync();

        KestrelServerLimits limits = host.Options<KestrelServerOptions>().Limits;

        limits.MinRequestBodyDataRate.ShouldBeNull();
        limits.MinResponseDataRate.ShouldBeNull();
        limits.MaxRequestBodySize.ShouldBeNull();
    }

    [Fact]
    public async Task T3_PeerThatAnswersNoPing_IsDropped_AndOneThatDoesIsKept()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        H2Connection dead = await host.ConnectAsync();
        H2Connection living = await host.ConnectAsync();
        dead.AnswersPings = false;
        XdsStream stream = await XdsStream.OpenAsync(living, isDelta: true);
        XdsStream lost = await XdsStream.OpenAsync(dead, isDelta: true);
        await GrpcTests.ShouldGoOnAsync(lost);

        await Eventually.Until(() => dead.IsClosed, TimeSpan.FromSeconds(60));

        await GrpcTests.ShouldGoOnAsync(stream);
        await Eventually.Until(() => host.Registry.Count == 1);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T3_ClientThatDoesNotRead_CostsNoMoreThanWhatItWasSent(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Large(0));
        XdsStream stalled = await XdsStream.OpenAsync(await host.ConnectAsync(window: 65535), isDelta);
        XdsStream reading = await host.OpenAsync(isDelta);
        await stalled.SubscribeAsync(TypeUrls.ClusterLoadAssignment, "c1");
        await reading.SubscribeAsync(TypeUrls.ClusterLoadAssignment, "c1");
        await reading.TakeAsync(TypeUrls.ClusterLoadAssignment);
        await Eventually.Until(async () => (await host.Registry.ReadAsync()).Count(status => status.Types.Any(type => type.Responses > 0)) == 2);
        var versions = new List<WeakReference>();

        for (int number = 1; number <= 50; number++)
        {
            Publish(host, number, versions);
            await reading.TakeAsync(TypeUrls.ClusterLoadAssignment);
        }

        // The last one, the one in flight on the stalled stream, and what the other stream has just had.
        await Eventually.Until(() => Living(versions) <= 3, state: () => $"{Living(versions)} versions are kept");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T4_Stop_SaysGoAway_EndsStreamsAfterAResponse_AndTakesNoOther(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        H2Connection connection = await host.ConnectAsync();
        XdsStream stream = await XdsStream.OpenAsync(connection, isDelta);
        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);

        Task stopping = host.StopAsync();

        (await stream.Call.StatusAsync()).ShouldBe((14, "draining"));
        await stopping;
        await Eventually.Until(() => connection.HasGoAway);
        await Should.ThrowAsync<System.Net.Sockets.SocketException>(() => host.ConnectAsync());
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T4_Drain_EndsEachStream_AndRefusesNewOnes(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        H2Connection connection = await host.ConnectAsync();
        XdsStream stream = await XdsStream.OpenAsync(connection, isDelta);
        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.NextAsync();

        await host.Drain.DrainAsync();

        (await stream.Call.StatusAsync()).ShouldBe((14, "draining"));
        XdsStream late = await XdsStream.OpenAsync(connection, isDelta);
        (await late.Call.StatusAsync()).ShouldBe((14, "draining"));
        host.Released.ShouldBe(1);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T4_Drain_WaitsForTheFirstResponse_ButNotForEver(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync(Completeness.Waiting);
        XdsStream answered = await host.OpenAsync(isDelta);
        XdsStream hopeless = await host.OpenAsync(isDelta);
        await answered.SubscribeAsync(TypeUrls.Cluster);
        await hopeless.SubscribeAsync(TypeUrls.Listener);
        await Eventually.Until(async () => (await host.Registry.ReadAsync()).Length == 2);

        Task draining = host.Drain.DrainAsync();
        host[TypeUrls.Cluster].Publish([new ResourceChange("c1", Make.Cluster("c1"))], Completeness.Complete);

        (await answered.NextAsync()).Names.ShouldBe(["c1"]);
        (await answered.Call.StatusAsync()).Code.ShouldBe(14);
        (await hopeless.Call.StatusAsync()).Code.ShouldBe(14);
        await draining;
    }

    [Fact]
    public async Task T4_Drain_DoesNotWaitForAClientThatDoesNotRead()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put([.. Enumerable.Range(0, 20).Select(i => Make.Plain(TypeUrls.Secret, $"s{i}{new string('x', 100_000)}"))]);
        XdsStream stalled = await XdsStream.OpenAsync(await host.ConnectAsync(window: 65535), isDelta: true);
        await stalled.SubscribeAsync(TypeUrls.Secret, "*");
        await Eventually.Until(async () => (await host.Registry.ReadAsync()).Any(status => status.Types.Any(type => type.Responses > 0)));

        await host.Drain.DrainAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task T5_Backlog_TakesTheWholeFleet()
    {
        await using XdsHost host = await XdsHost.StartAsync();

        host.Options<SocketTransportOptions>().Backlog.ShouldBe(8192);
    }

    private static Resource Large(int number) => Make.Plain(TypeUrls.ClusterLoadAssignment, "c1", number, aliases: [new string('x', 100_000)]);

    private static void Publish(XdsHost host, int number, List<WeakReference> versions)
    {
        Resource resource = Large(number);
        versions.Add(new WeakReference(resource));
        host.Put(resource);
    }

    private static int Living(List<WeakReference> versions)
    {
        GC.Collect();
        return versions.Count(version => version.IsAlive);
    }
}
