using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Conformance.Protocol;

/// <summary>Whom to trust is known before the endpoints that are to be trusted.</summary>
public sealed class SecretOrderTests
{
    private const string Assignments = TypeUrls.ClusterLoadAssignment;
    private const string Secrets = TypeUrls.Secret;

    [Theory, InlineData(true), InlineData(false)]
    public async Task X25_Secret_GoesBeforeTheAssignmentThatNeedsIt(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await StartAsync(host, isDelta);

        host.Put(Make.Plain(Secrets, "s1", 2));
        host.Put(Make.Assignment("c1", 2, secret: "s1"));

        (await stream.TakeAsync(Secrets)).Names.ShouldBe(["s1"]);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
        await stream.ShouldBeQuietAsync();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task X25_Assignment_DoesNotOvertakeASecretThatIsHeldBack(bool isDelta, bool isAccepted)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await StartAsync(host, isDelta);
        host.Put(Make.Plain(Secrets, "s1", 2));
        Answer unanswered = await stream.NextAsync();
        unanswered.TypeUrl.ShouldBe(Secrets);

        host.Put(Make.Plain(Secrets, "s1", 3));
        host.Put(Make.Assignment("c1", 2, secret: "s1"));
        await stream.ShouldBeQuietAsync();
        await (isAccepted ? stream.AckAsync(unanswered) : stream.NackAsync(unanswered, "s1: no"));

        (await stream.TakeAsync(Secrets)).Names.ShouldBe(["s1"]);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X30_UnansweredSecrets_HoldEndpointsNoLongerThan20Seconds_AndOthersNotAtAll(bool isDelta)
    {
        var time = new FakeTimeProvider();
        await using XdsHost host = await XdsHost.StartAsync(time: time);
        XdsStream stream = await StartAsync(host, isDelta);
        host.Put(Make.Plain(Secrets, "s1", 2));
        (await stream.NextAsync()).TypeUrl.ShouldBe(Secrets);
        host.Put(Make.Plain(Secrets, "s1", 3));

        host.Put(Make.Assignment("c2", 2));
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c2"]);
        host.Put(Make.Assignment("c1", 2, secret: "s1"));
        await stream.ShouldBeQuietAsync();
        time.Advance(TimeSpan.FromSeconds(20));

        (await stream.NextAsync()).TypeUrl.ShouldBe(Secrets);
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X30_Assignment_DoesNotWaitForASecretThatNobodyAskedFor(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await StartAsync(host, isDelta);
        host.Put(Make.Plain(Secrets, "s2"));

        host.Put(Make.Assignment("c1", 2, secret: "s2"));
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
        host.Put(Make.Assignment("c1", 3, secret: "nobody-has-it"));
        (await stream.TakeAsync(Assignments)).Names.ShouldBe(["c1"]);
    }

    private static async Task<XdsStream> StartAsync(XdsHost host, bool isDelta)
    {
        host.Put(
            Make.Cluster("c1"), Make.Cluster("c2"), Make.Plain(Secrets, "s1"), Make.Assignment("c1", 1, secret: "s1"), Make.Assignment("c2"));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);
        await stream.SubscribeAsync(Assignments, "c1", "c2");
        await stream.TakeAsync(Assignments);
        await stream.SubscribeAsync(Secrets, "s1");
        await stream.TakeAsync(Secrets);
        await stream.ShouldBeQuietAsync();
        return stream;
    }
}
