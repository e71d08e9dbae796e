using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class WildcardTests
{
    [Theory, InlineData(TypeUrls.Cluster), InlineData(TypeUrls.Listener)]
    public async Task X11_Sotw_WildcardComesAndGoesWithTheNames(string type)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Any(type, "a"), Make.Any(type, "b"));
        var stream = (SotwStream)await host.OpenAsync(isDelta: false);

        await stream.SubscribeAsync(type);
        (await stream.TakeAsync(type)).Names.ShouldBe(["a", "b"]);
        await stream.SubscribeAsync(type, "*", "a");
        (await stream.TakeAsync(type)).Names.ShouldBe(["a", "b"]);

        await stream.UnsubscribeAsync(type, "*");
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Any(type, "b", 2));
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Any(type, "a", 2));
        (await stream.TakeAsync(type)).Names.ShouldBe(["a"]);

        await stream.UnsubscribeAsync(type, "a");
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Any(type, "a", 3), Make.Any(type, "c"));
        await stream.ShouldBeQuietAsync();
    }

    [Theory, InlineData(TypeUrls.Cluster), InlineData(TypeUrls.Listener)]
    public async Task X12_Delta_WildcardComesAndGoesByItsName(string type)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Any(type, "a"), Make.Any(type, "b"));
        XdsStream stream = await host.OpenAsync(isDelta: true);

        await stream.SubscribeAsync(type);
        (await stream.TakeAsync(type)).Names.ShouldBe(["a", "b"]);
        await stream.SubscribeAsync(type, "a");
        (await stream.TakeAsync(type)).Names.ShouldBe(["a"]);
        host.Put(Make.Any(type, "b", 2));
        (await stream.TakeAsync(type)).Names.ShouldBe(["b"], "a name does not end the wildcard");

        await stream.UnsubscribeAsync(type, "*");
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Any(type, "b", 3), Make.Any(type, "a", 2));
        (await stream.TakeAsync(type)).Names.ShouldBe(["a"]);
        await stream.UnsubscribeAsync(type, "a");
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Any(type, "a", 3), Make.Any(type, "c"));
        await stream.ShouldBeQuietAsync();

        await stream.SubscribeAsync(type, "*");
        (await stream.TakeAsync(type)).Names.ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task X12_Delta_UnsubscribedWildcard_ForgetsEarlierRemovals()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("a"), Make.Cluster("b"));
        XdsStream stream = await host.OpenAsync(isDelta: true);
        await stream.SubscribeAsync(TypeUrls.Cluster);
        Answer all = await stream.NextAsync();
        host.Remove(TypeUrls.Cluster, "a");

        await stream.UnsubscribeAsync(TypeUrls.Cluster, "*");
        await stream.AckAsync(all);

        await stream.ShouldBeQuietAsync();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X13_Unsubscribe_WhileWildcard_IsAnswered(bool isThere)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("a"), Make.Cluster("b"));
        XdsStream stream = await host.OpenAsync(isDelta: true);
        await stream.SubscribeAsync(TypeUrls.Cluster, "*", "a");
        (await stream.TakeAsync(TypeUrls.Cluster)).Names.ShouldBe(["a", "b"]);
        if (!isThere)
        {
            host.Remove(TypeUrls.Cluster, "a");
            (await stream.TakeAsync(TypeUrls.Cluster)).Removed.ShouldBe(["a"]);
        }

        await stream.UnsubscribeAsync(TypeUrls.Cluster, "a");

        Answer answer = await stream.TakeAsync(TypeUrls.Cluster);
        answer.Names.ShouldBe(isThere ? ["a"] : []);
        answer.Removed.ShouldBe(isThere ? [] : ["a"]);
    }
}
