using ControlPlane.Grains.Reach;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Reach;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>From the reports of probers to the catalog, also after losses.</summary>
[Trait("Engine", "each")]
public sealed class ReachTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Withdrawal_AfterARestart_IsStillThere_AndIsTakenBackByTwoSuccesses()
    {
        await using (Region first = await Region.StartAsync(folder.Path))
        {
            await ReportAsync(first, 3, isFarUp: false);
            await UntilAsync(first, "far");
        }
        await using Region second = await Region.StartAsync(folder.Path);
        await Grain(second).GetAsync();

        await UntilAsync(second, "far");
        await ReportAsync(second, 1, isFarUp: true);
        (await Grain(second).GetAsync()).Withdrawn.Count.ShouldBe(1);
        await ReportAsync(second, 1, isFarUp: true);
        await UntilAsync(second, "");
    }

    [Fact]
    public async Task Withdrawal_AfterItsGrainAndShardAreLost_IsPublishedAgain()
    {
        await using Region region = await Region.StartAsync(folder.Path);
        await ReportAsync(region, 3, isFarUp: false);
        await UntilAsync(region, "far");
        RecordVersion before = region.Current.Reach!.Version;
        await region.KillAsync("reach", IReachGrain.Key);
        await region.KillAsync("catalog", "meta");

        await Region.AnsweredAsync(() => Grain(region).GetAsync());

        await Eventually.Until(() => region.Current.Reach!.Version > before);
        await UntilAsync(region, "far");
    }

    [Fact]
    public async Task Withdrawal_OfAGatewayThatIsGone_IsGone()
    {
        await using Region region = await Region.StartAsync(folder.Path);
        await Grain(region).DeclareAsync([Gateway("near"), Gateway("far")], []);
        await ReportAsync(region, 3, isFarUp: false);
        await UntilAsync(region, "far");

        await Grain(region).DeclareAsync([Gateway("near")], []);

        await UntilAsync(region, "");
    }

    [Fact]
    public async Task Hosts_KeepTheirLastGoodAnswer_WhileTheyAreNamed()
    {
        await using Region region = await Region.StartAsync(folder.Path);
        async Task DeclareAsync(RegionGateway[] gateways, params ResolvedHost[] hosts) => await Grain(region).DeclareAsync(gateways.ToValueList(), hosts.ToValueList());
        string Hosts() => string.Join(", ", (region.Current.Reach?.Hosts ?? []).Select(host => $"{host.Host} {string.Join('+', host.Addresses)}"));

        await DeclareAsync([Gateway("near"), Gateway("far")], new ResolvedHost("near.example", ["10.0.0.1"]), new ResolvedHost("far.example", ["10.0.0.2"]));
        await Eventually.Until(() => Hosts() == "far.example 10.0.0.2, near.example 10.0.0.1", state: Hosts);
        await DeclareAsync([Gateway("near"), Gateway("far")], new ResolvedHost("near.example", ["10.0.0.3"]), new ResolvedHost("far.example", []));
        await Eventually.Until(() => Hosts() == "far.example 10.0.0.2, near.example 10.0.0.3", state: Hosts);
        await DeclareAsync([Gateway("near")]);
        await Eventually.Until(() => Hosts() == "near.example 10.0.0.3", state: Hosts);
    }

    [Fact]
    public async Task RoundTrips_BetweenLocalities_AreInTheCatalog()
    {
        await using Region region = await Region.StartAsync(folder.Path);
        await Grain(region).DeclareAsync([Gateway("near"), Gateway("far")], []);

        await ReportAsync(region, 1, isFarUp: true);

        await Eventually.Until(() => region.Current.Reach is { Measured.Count: 1 });
        region.Current.Reach!.Measured[0].ShouldBe(new PairCost("eu/b", "eu/a", 2.5, null));
    }

    private static IReachGrain Grain(Region region) => region.Grains.GetGrain<IReachGrain>(IReachGrain.Key);

    private static RegionGateway Gateway(string name) => new()
    {
        Name = name, Role = GatewayRole.EastWest, Locality = new Locality("eu", "a"), Addresses = [new GatewayAddress($"{name}.example", 15443, [])],
    };

    private static async Task ReportAsync(Region region, int rounds, bool isFarUp)
    {
        for (int i = 0; i < rounds; i++)
        {
            await Grain(region).ReportAsync(new ProbeReport
            {
                Prober = "p", Network = "net1", Interval = TimeSpan.FromMinutes(1), Locality = new Locality("eu", "b", "1"),
                Results = [
                    new ProbeResult("near", "near.example", 15443, true, "", 2.5),
                    new ProbeResult("far", "far.example", 15443, isFarUp, isFarUp ? "" : "refused", isFarUp ? 3 : null)],
            });
        }
    }

    private static Task UntilAsync(Region region, string expected)
    {
        string Withdrawn() => region.Current.Reach is { } reach ? string.Join(", ", reach.Withdrawn.Select(address => address.Gateway)) : "not known";
        return Eventually.Until(() => Withdrawn() == expected, state: Withdrawn, what: expected);
    }
}
