using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class SotwTests
{
    [Theory, InlineData(TypeUrls.Cluster), InlineData(TypeUrls.Listener)]
    public async Task X15_FullState_AbsenceDeletes_AndEmptyDeletesAll(string type)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Any(type, "a"), Make.Any(type, "b"));
        XdsStream stream = await host.OpenAsync(isDelta: false);
        await stream.SubscribeAsync(type);
        (await stream.TakeAsync(type)).Names.ShouldBe(["a", "b"]);

        host.Put(Make.Any(type, "a", 2));
        (await stream.TakeAsync(type)).Names.ShouldBe(["a", "b"]);
        host.Remove(type, "b");
        (await stream.TakeAsync(type)).Names.ShouldBe(["a"]);
        host.Remove(type, "a");

        (await stream.TakeAsync(type)).Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task X15_NothingThere_IsAnsweredAtOnce()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta: false);

        await stream.SubscribeAsync(TypeUrls.Listener);

        (await stream.TakeAsync(TypeUrls.Listener)).Names.ShouldBeEmpty();
    }

    [Theory, InlineData(TypeUrls.RouteConfiguration), InlineData(TypeUrls.Secret)]
    public async Task X16_OtherTypes_AreSentInPart_AndNeverEmpty(string type)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Any(type, "a"), Make.Any(type, "b"));
        XdsStream stream = await host.OpenAsync(isDelta: false);
        await stream.SubscribeAsync(type, "a", "b");
        (await stream.TakeAsync(type)).Names.ShouldBe(["a", "b"]);

        host.Put(Make.Any(type, "b", 2));
        (await stream.TakeAsync(type)).Names.ShouldBe(["b"]);
        host.Remove(type, "a");
        await stream.ShouldBeQuietAsync();
        // The client still has it.
        host.Put(Make.Any(type, "a"));
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Any(type, "a", 3));

        (await stream.TakeAsync(type)).Names.ShouldBe(["a"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X17_EveryNamedAssignment_IsAnswered_EmptyIfNeedBe(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Assignment("c1"));
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.SubscribeAsync(TypeUrls.ClusterLoadAssignment, "c1", "none");

        Answer first = await stream.TakeAsync(TypeUrls.ClusterLoadAssignment);
        first.Names.ShouldBe(["c1", "none"]);
        first["none"].Content.ShouldBe([0x0A, 4, .. "none"u8]);
        host.Put(Make.Assignment("none", 5));
        (await stream.TakeAsync(TypeUrls.ClusterLoadAssignment)).Names.ShouldBe(["none"]);
        host.Remove(TypeUrls.ClusterLoadAssignment, "none");
        Answer gone = await stream.TakeAsync(TypeUrls.ClusterLoadAssignment);
        gone["none"].Content.ShouldBe([0x0A, 4, .. "none"u8]);
        gone.Removed.ShouldBeEmpty();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X18_ThousandNames_AreAnsweredWellInside15Seconds(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"service-{i:0000}")];
        host.Put([.. names.Select(name => Make.Assignment(name))]);
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.SubscribeAsync(TypeUrls.ClusterLoadAssignment, names);

        (await stream.TakeAsync(TypeUrls.ClusterLoadAssignment)).Names.ShouldBe(names);
    }
}
