using ControlPlane.Grains.Configuration;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>From the objects of sources to the accepted configuration.</summary>
[Trait("Engine", "each")]
public sealed class ConfigurationTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private Region region = null!;

    private IConfigGrain Grain => region.Grains.GetGrain<IConfigGrain>(IConfigGrain.Key);

    private ConfigRecord? Current => region.Current.Configuration;

    public async ValueTask InitializeAsync() => region = await Region.StartAsync(folder.Path);

    public async ValueTask DisposeAsync()
    {
        await region.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Report_IsStoredBeforeTheAnswer()
    {
        await Grain.ReportAsync("file", new RecordVersion(1, 1, 1), [Network("n1")]);

        StoredRow row = (await region.Services.GetRequiredService<IStateStore>().ReadAllAsync("config", IConfigGrain.Key, default)).ShouldHaveSingleItem();
        StateJson.Read<StoredConfiguration>(row).Sources["file"].Objects.ShouldHaveSingleItem().ShouldBe(Network("n1"));
    }

    [Fact]
    public async Task Objects_OfSeveralSources_AreJoined()
    {
        await Grain.ReportAsync("file", new RecordVersion(1, 1, 1), [Network("n1")]);
        await Grain.ReportAsync("kubernetes/east", new RecordVersion(1, 2, 1), [Network("n2")]);

        await Eventually.Until(() => Current is { Objects.Count: 2, Problems.IsEmpty: true });
        Current!.Objects.Select(item => item.Name).ShouldBe(["n1", "n2"]);
    }

    [Fact]
    public async Task Object_OfTwoSources_IsTakenFromTheFirstAndSaid()
    {
        await Grain.ReportAsync("kubernetes/east", new RecordVersion(1, 2, 1), [Network("n1") with { Origin = "Network n1", Links = ["b"] }]);
        await Grain.ReportAsync("file", new RecordVersion(1, 1, 1), [Network("n1") with { Origin = "a.yaml:1", Links = ["a"] }]);

        await Eventually.Until(() => Current is { Problems.Count: 1 });
        Current!.Objects.ShouldHaveSingleItem().Origin.ShouldBe("a.yaml:1");
        Current.Problems[0].Where.ShouldBe("Network n1");
        Current.Problems[0].Message.ShouldContain("a.yaml:1");
    }

    [Fact]
    public async Task Object_ThatAnotherRegionHasToo_IsSaidOnlyWhereItDiffers()
    {
        await Grain.ReportAsync("region/us", new RecordVersion(1, 2, 1), [
            Network("n1") with { Origin = "region us: a.yaml:7", Region = "us", Links = ["a"] }, Network("n2") with { Origin = "region us: a.yaml:9", Region = "us" }]);
        await Grain.ReportAsync("file", new RecordVersion(1, 1, 1), [Network("n1") with { Origin = "a.yaml:1", Links = ["a"] }, Network("n2") with { Origin = "a.yaml:3", Links = ["b"] }]);

        await Eventually.Until(() => Current is { Problems.Count: 1, Objects.Count: 2 });

        Current!.Problems[0].Where.ShouldBe("region us: a.yaml:9");
        Current.Objects.ShouldAllBe(item => item.Region == "");
    }

    [Fact]
    public async Task Report_OfALowerVersion_IsRefused()
    {
        await Grain.ReportAsync("file", new RecordVersion(1, 2, 1), [Network("n1")]);
        await Grain.ReportAsync("file", new RecordVersion(1, 1, 9), [Network("n2")]);
        await Grain.ReportAsync("other", new RecordVersion(1, 1, 1), [Network("n3")]);

        await Eventually.Until(() => Current is { Objects.Count: 2 });
        Current!.Objects.Select(item => item.Name).ShouldBe(["n1", "n3"]);
    }

    [Fact]
    public async Task Configuration_OfASourceThatHasNoneAnyLonger_IsGone()
    {
        await Grain.ReportAsync("file", new RecordVersion(1, 1, 1), [Network("n1")]);
        await Eventually.Until(() => Current is { Objects.Count: 1 });

        await Grain.ReportAsync("file", new RecordVersion(1, 1, 2), default);

        await Eventually.Until(() => Current is { Objects.IsEmpty: true });
    }

    [Fact]
    public async Task Configuration_AfterItsGrainAndShardAreLost_IsPublishedAgain()
    {
        await Grain.ReportAsync("file", new RecordVersion(1, 1, 1), [Network("n1")]);
        await Eventually.Until(() => Current is { Objects.Count: 1 });
        string revision = Current!.Revision;
        await region.KillAsync("config", IConfigGrain.Key);
        await region.KillAsync("catalog", "meta");

        await Region.AnsweredAsync(async () =>
        {
            await Grain.ReportAsync("other", new RecordVersion(1, 1, 2), [Network("n2")]);
            return true;
        });

        await Eventually.Until(() => Current is { Objects.Count: 2 });
        Current!.Revision.ShouldNotBe(revision);
    }

    private static Network Network(string name) => new() { Name = name };
}
