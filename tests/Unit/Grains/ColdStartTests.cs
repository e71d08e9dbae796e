using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Sources;
using Microsoft.Extensions.DependencyInjection;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>A process that starts serves what it knew; nothing is emptied on the way.</summary>
[Trait("Engine", "each")]
public sealed class ColdStartTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Restart_OnTheSameState_ServesAtOnceAndEmptiesNothing()
    {
        await FillAsync();
        await using Region region = await Region.StartAsync(folder.Path, "east", "west");
        CatalogSnapshot first = region.Recorded.Snapshots.First();
        first.Completeness.ShouldBe(Completeness.Remembered);
        first.Services[Samples.Service("cart")].Endpoints.Count.ShouldBe(2);
        first.Sources["east"].State.ShouldBe(SourceState.Stale);

        // One source is there at once, the other takes its time.
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.3"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.3", "10.0.1.1");
        Holder west = await region.HoldAsync("west");
        await west.SyncAsync(Samples.Part("cart", "10.0.1.2"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.3", "10.0.1.2");

        region.Recorded.Snapshots.ShouldAllBe(snapshot => snapshot.Services[Samples.Service("cart")].Endpoints.Count == 2);
        await Eventually.Until(() => region.Current.Sources.Values.All(source => source.State == SourceState.Live));
    }

    [Fact]
    public async Task Restart_WithoutTheCatalogsFile_KnowsTheServicesOfSourcesThatStillWarm()
    {
        await FillAsync();
        await using Region region = await Region.StartAsync(folder.Path, "east", "west");

        // Somebody touches a service: it is published with all that was ever said of it.
        Holder west = await region.HoldAsync("west");
        await west.ReplaceAsync(SourceState.Warming, "", Samples.Part("cart", "10.0.1.5"));

        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1", "10.0.1.5");
    }

    [Fact]
    public async Task Service_ThatIsGoneAfterTheRestart_IsDroppedOnceThatIsCertain()
    {
        await FillAsync();
        await using Region region = await Region.StartAsync(folder.Path, "east", "west");
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync();
        await region.UntilAsync(Samples.Service("cart"), "10.0.1.1");

        Holder west = await region.HoldAsync("west");
        await west.SyncAsync();

        await Eventually.Until(() => region.Find(Samples.Service("cart")) is null);
    }

    // Two sources with a part each in one service, and a process that ends when all of it is stored.
    private async Task FillAsync()
    {
        await using Region region = await Region.StartAsync(folder.Path, "east", "west");
        Holder east = await region.HoldAsync("east");
        Holder west = await region.HoldAsync("west");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"));
        await west.SyncAsync(Samples.Part("cart", "10.0.1.1"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1", "10.0.1.1");
        await region.UntilStoredAsync("east");
        await region.UntilStoredAsync("west");
        await Eventually.Until(() => region.Current.Completeness == Completeness.Complete);
        await Eventually.Until(() => region.Services.GetRequiredService<CatalogFile>().Unwritten == 0);
    }
}
