using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Tests.Unit.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>What a silo knew, in its file.</summary>
public sealed class CatalogFileTests
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private readonly MemoryStore store = new();
    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Load_OfANewFile_IsEmptyAndNotComplete()
    {
        CatalogFileContent content = await NewFile().LoadAsync(default);

        content.Records.ShouldBeEmpty();
        content.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public async Task Saved_WithinASecond_IsInTheFile()
    {
        await RunAsync(NewFile(), async file =>
        {
            file.Save(Service("cart", 1));
            file.Save(Service("pay", 1));
            file.Save(Service("cart", 2));
            file.Unwritten.ShouldBe(2);
            await WrittenAsync(file);
        });

        CatalogFileContent content = await NewFile().LoadAsync(default);
        content.Records.ShouldBe([Service("cart", 2), Service("pay", 1)], ignoreOrder: true);
        content.IsComplete.ShouldBeFalse("nobody said that it was");
    }

    [Fact]
    public async Task MarkComplete_IsWrittenWithWhatMakesItComplete()
    {
        await RunAsync(NewFile(), async file =>
        {
            file.Save(Service("cart", 1));
            file.MarkComplete();
            await WrittenAsync(file);
        });

        store.Batches.ShouldHaveSingleItem().Count.ShouldBe(2);
        (await NewFile().LoadAsync(default)).IsComplete.ShouldBeTrue();
    }

    [Fact]
    public async Task File_ThatWasCutOffBeforeItWasWhole_IsNotComplete()
    {
        await RunAsync(NewFile(), async file =>
        {
            file.Save(Service("cart", 1));
            await WrittenAsync(file);
            store.Fails = true;
            file.Save(Service("pay", 1));
            file.MarkComplete();
        });
        store.Fails = false;

        CatalogFileContent content = await NewFile().LoadAsync(default);
        content.Records.ShouldHaveSingleItem();
        content.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public async Task Write_ThatFails_IsTriedAgainWithTheNewestOfEach()
    {
        await RunAsync(NewFile(), async file =>
        {
            store.Fails = true;
            file.Save(Service("cart", 1));
            file.Save(Service("pay", 1));
            time.Advance(Period);
            await Eventually.Until(() => store.Failures > 0);
            file.Save(Service("cart", 2));
            store.Fails = false;
            await WrittenAsync(file);
        });

        (await NewFile().LoadAsync(default)).Records.ShouldBe([Service("cart", 2), Service("pay", 1)], ignoreOrder: true);
    }

    [Fact]
    public async Task Deleted_IsNoLongerInTheFile()
    {
        await RunAsync(NewFile(), async file =>
        {
            file.Save(Service("cart", 1));
            await WrittenAsync(file);
            file.Save(Service("cart", 2) with { Deleted = true });
            await WrittenAsync(file);
        });

        (await NewFile().LoadAsync(default)).Records.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_WritesWhatIsLeft()
    {
        await RunAsync(NewFile(), file =>
        {
            file.Save(Service("cart", 1));
            return Task.CompletedTask;
        });

        (await NewFile().LoadAsync(default)).Records.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Load_WithARowThatCannotBeRead_LeavesItOutAndIsNotComplete()
    {
        await RunAsync(NewFile(), async file =>
        {
            file.Save(Service("cart", 1));
            file.MarkComplete();
            await WrittenAsync(file);
        });
        await store.WriteBatchAsync([new StateWrite(new StateKey("catalog", "", "service:default/shop/pay"), StateJson.Schema, "{"u8.ToArray())], default);

        CatalogFileContent content = await NewFile().LoadAsync(default);
        content.Records.ShouldBe([Service("cart", 1)]);
        content.IsComplete.ShouldBeFalse();
    }

    private static ServiceRecord Service(string name, long counter) => new() { Service = Samples.Service(name), Version = new RecordVersion(1, 1, counter) };

    private CatalogFile NewFile() => new(store, time, NullLogger<CatalogFile>.Instance);

    private static async Task RunAsync(CatalogFile file, Func<CatalogFile, Task> work)
    {
        using var stopping = new CancellationTokenSource();
        Task running = file.RunAsync(stopping.Token);
        await work(file);
        await stopping.CancelAsync();
        await running;
    }

    private Task WrittenAsync(CatalogFile file) => Eventually.Until(() =>
    {
        time.Advance(Period);
        return file.Unwritten == 0;
    });
}
