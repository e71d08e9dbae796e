using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>Which life of a region counts for others.</summary>
public sealed class GenerationTests : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SqliteStateStore store;
    private readonly Epochs epochs;

    public GenerationTests()
    {
        store = SqliteStateStore.Open(folder.File("state.db"), TimeProvider.System, NullLogger.Instance);
        epochs = new Epochs(store, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task NewRegion_RaisesItsGeneration_AboveWhatWasHeardOfAnEarlierLife()
    {
        long own = (await epochs.NextAsync(default)).Generation;

        (await epochs.GenerationForAsync(own + 100, default)).ShouldBe(own + 101);

        // From now on it is what was heard of it, and what it stamps is above all before.
        (await epochs.GenerationForAsync(own + 101, default)).ShouldBe(own + 101);
        (await epochs.NextAsync(default)).Generation.ShouldBe(own + 101);
    }

    [Fact]
    public async Task RegionThatHasBeenHeard_GivesWay_ToALaterLife()
    {
        long own = (await epochs.GenerationForAsync(0, default))!.Value;

        (await epochs.GenerationForAsync(own + 1, default)).ShouldBeNull();
        (await epochs.GenerationForAsync(own, default)).ShouldBe(own);
    }
}
