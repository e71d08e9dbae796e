using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Controller;
using ControlPlane.Adapters.CloudFoundry.Controller.Objects;
using ControlPlane.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.CloudFoundry;

/// <summary>A server that wants no requests for a while gets none.</summary>
public sealed class RateGateTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("Retry-After", "600")]
    [InlineData("Retry-After", "Thu, 01 Jan 2026 00:10:00 GMT")]
    [InlineData("X-RateLimit-Reset", "1767226200")]
    public async Task Requests_AreHeldBackUntilTheTimeThatWasSaid(string header, string value)
    {
        var controller = new ScriptedController();
        controller.Says("/v3/processes/p/stats", "", 429, (header, value), ("X-RateLimit-Remaining", "0")).Says("/v3/processes/p/stats", """{"resources": []}""");
        using ControllerClient client = controller.Client(folder.Write("secret", "s"), time);

        (await Should.ThrowAsync<CloudFoundryException>(() => AskAsync(client))).Message.ShouldBe(
            "the Cloud Controller at api.test answers 429 to processes/stats: too many requests, it asks to wait 600 s");
        int sent = controller.Requests.Count;
        time.Advance(TimeSpan.FromSeconds(590));
        (await Should.ThrowAsync<CloudFoundryException>(() => AskAsync(client))).Message.ShouldStartWith("the Cloud Controller at api.test allows no requests for another ");
        controller.Requests.Count.ShouldBe(sent);
        // With some more, that is another for each who waits.
        time.Advance(TimeSpan.FromSeconds(71));

        (await AskAsync(client)).Resources.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("X-RateLimit-Reset", "never")]
    [InlineData("X-RateLimit-Reset", "1")]
    [InlineData("X-RateLimit-Reset", "999999999999999999")]
    [InlineData("Retry-After", "-5")]
    public async Task Time_ThatMakesNoSense_IsNotWaitedFor(string header, string value)
    {
        var controller = new ScriptedController();
        controller.Says("/v3/processes/p/stats", "", 429, (header, value)).Says("/v3/processes/p/stats", """{"resources": []}""");
        using ControllerClient client = controller.Client(folder.Write("secret", "s"), TimeProvider.System);

        (await AskAsync(client)).Resources.ShouldBeEmpty();
    }

    private static Task<ProcessStats> AskAsync(ControllerClient client) =>
        client.GetAsync("processes/stats", "v3/processes/p/stats", ControllerJson.Default.ProcessStats, TestContext.Current.CancellationToken);
}
