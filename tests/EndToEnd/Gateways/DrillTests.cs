using System.Globalization;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>
/// Failure drills in network namespaces: a client that sends 200 requests a second without a pause, while something dies and comes back.
/// How long each takes is printed, not asserted. Each leaves the world as it was.
/// </summary>
[Trait("Engine", "each")]
public sealed class DrillTests(DrillWorld world) : IClassFixture<DrillWorld>, IAsyncLifetime
{
    private const string EnvoyCluster = "p80.cart.shop.banking.mesh";
    // A request that is on its way when its server dies may have been carried out: it is not tried again.
    private const int InFlight = 20;
    private PacedLoad load = null!;

    private Pod[] Eu => [.. world.A, .. world.B];

    public async ValueTask InitializeAsync()
    {
        await world.BeginAsync();
        load = new PacedLoad(world.Caller, 200);
        await load.UntilAllByAsync(["a"]);
    }

    public ValueTask DisposeAsync() => load?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task Pod_ThatIsKilled_AndComesBack_LosesWhatItWasAnswering()
    {
        Pod[] pod = world.A[..1];
        TimeSpan at = load.Now;
        pod[0].Kill();
        world.Set(pod, "Unhealthy");
        TimeSpan moved = await load.UntilAllByAsync(["a-2", "b"], since: at) - at;
        TimeSpan returned = await BringBackAsync(pod, "a");

        await ReportAsync("a pod", moved, returned);
        load.LostSince(TimeSpan.Zero).Length.ShouldBeLessThanOrEqualTo(InFlight, Lost());
    }

    [Fact]
    public async Task Zone_ThatIsKilled_IsLeftAtOnce_AndTakenAgain()
    {
        TimeSpan at = load.Now;
        Array.ForEach(world.A, pod => pod.Kill());
        world.Set(world.A, "Unhealthy");
        TimeSpan moved = await load.UntilAllByAsync(["b"], since: at) - at;
        TimeSpan returned = await BringBackAsync(world.A, "a");

        await ReportAsync("a zone", moved, returned);
        load.LostSince(TimeSpan.Zero).Length.ShouldBeLessThanOrEqualTo(InFlight, Lost());
    }

    [Fact]
    public async Task Region_ThatIsCutOff_IsReplacedThroughTheGateway_AndTakenAgain()
    {
        TimeSpan at = load.Now;
        await Task.WhenAll(Eu.Select(pod => pod.CutAsync()));
        world.Set(Eu, "Unhealthy");
        TimeSpan moved = await load.UntilAllByAsync(["c"], since: at);
        TimeSpan returned = await BringBackAsync(Eu, "a");

        await ReportAsync("a region", moved - at, returned);
        // Those that went into the silence before the registry's word have no answer.
        load.LostSince(moved).ShouldBeEmpty(Lost());
    }

    [Fact]
    public async Task Gateway_ThatIsKilled_IsReplacedByTheOneThatStandsBy_AndUsedAgain()
    {
        await CallFarAsync();

        TimeSpan at = load.Now;
        world.Gateways[0].Kill();
        TimeSpan moved = await load.UntilAllByAsync(["c"], since: at) - at;
        await world.Gateways[0].BringBackAsync();
        TimeSpan back = load.Now;
        TimeSpan returned = await UntilFirstGatewayTakesAllAsync() - back;

        await BringBackAsync(Eu, "a");
        await ReportAsync("a gateway", moved, returned);
        load.LostSince(TimeSpan.Zero).Length.ShouldBeLessThanOrEqualTo(InFlight, Lost());
    }

    [Fact]
    public async Task Link_ThatIsCut_IsFoundByProbing_AndUsedAgainWhenItIsBack()
    {
        await CallFarAsync();

        TimeSpan at = load.Now;
        await world.Gateways[0].CutAsync();
        TimeSpan moved = await load.UntilAllByAsync(["c"], since: at, inARow: 300);
        await Eventually.Until(async () => !(await world.Web.HostsAsync(EnvoyCluster)).ContainsKey(world.Gateways[0].EndPoint), state: () => world.ProberOutput);
        await world.Gateways[0].BringBackAsync();
        TimeSpan back = load.Now;
        TimeSpan returned = await UntilFirstGatewayTakesAllAsync() - back;

        await BringBackAsync(Eu, "a");
        await ReportAsync("a link", moved - at, returned);
        load.LostSince(TimeSpan.Zero).Length.ShouldBeLessThanOrEqualTo(InFlight, Lost());
    }

    [Fact]
    public async Task ControlPlane_ThatIsKilled_AndComesBack_LosesNothing()
    {
        TimeSpan at = load.Now;
        await world.ControlPlane.KillAsync();
        await load.UntilAllByAsync(["a"], inARow: 200, since: at);
        await world.ControlPlane.RestartAsync();
        await load.UntilAllByAsync(["a"], inARow: 200, since: load.Now);
        TimeSpan word = load.Now;
        world.Set(world.A, "Unhealthy");
        TimeSpan moved = await load.UntilAllByAsync(["b"], since: word) - word;
        TimeSpan returned = await BringBackAsync(world.A, "a");

        await ReportAsync("the control plane (from the first word after it)", moved, returned);
        load.LostSince(TimeSpan.Zero).ShouldBeEmpty(Lost());
    }

    /// <summary>Nothing in the caller's region can be used: all goes through the first gateway.</summary>
    private async Task CallFarAsync()
    {
        world.Set(Eu, "Unhealthy");
        await load.UntilAllByAsync(["c"], since: load.Now);
        await UntilFirstGatewayTakesAllAsync();
    }

    /// <returns>From the registry's word until traffic is where it belongs.</returns>
    private async Task<TimeSpan> BringBackAsync(Pod[] pods, string prefix)
    {
        await DrillWorld.BringBackAsync(pods);
        TimeSpan back = load.Now;
        world.Set(pods, "Healthy");
        // Who failed before the registry said so may still be kept out for a while.
        return await load.UntilAllByAsync([prefix], since: back, within: TimeSpan.FromMinutes(1)) - back;
    }

    /// <summary>Waits until the first gateway gets all that goes through gateways, as the caller's sidecar counts.</summary>
    /// <returns>Since when.</returns>
    private async Task<TimeSpan> UntilFirstGatewayTakesAllAsync(int inARow = 60)
    {
        (string first, string second) = (world.Gateways[0].EndPoint, world.Gateways[1].EndPoint);
        TimeSpan from = load.Now;
        Dictionary<string, long> before = await world.Web.RequestsAsync(EnvoyCluster);
        await Eventually.Until(
            async () =>
            {
                TimeSpan asked = load.Now;
                Dictionary<string, long> now = await world.Web.RequestsAsync(EnvoyCluster);
                long more = now.GetValueOrDefault(first) - before.GetValueOrDefault(first);
                if (now.GetValueOrDefault(second) != before.GetValueOrDefault(second) || more < 0 || !now.ContainsKey(first))
                {
                    (from, before) = (asked, now);
                }
                return more >= inARow && before != now;
            },
            state: () => $"{string.Join(", ", before)}; {world.ProberOutput}");
        return from;
    }

    private async Task ReportAsync(string what, TimeSpan moved, TimeSpan returned)
    {
        await load.StopAsync();
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: traffic where it belongs after {moved.TotalMilliseconds:0} ms, again after {returned.TotalMilliseconds:0} ms; of {load.Answers.Count} requests in {load.Now.TotalSeconds:0.0} s lost {load.LostSince(TimeSpan.Zero).Length}, late {load.Late}"));
    }

    private string Lost() => string.Join('\n', load.LostSince(TimeSpan.Zero).Select(answer => $"{answer.Sent.TotalSeconds:0.000}: {answer.Failure}"));
}
