using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Tests.Unit.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>How a shard answers those who follow it.</summary>
[Trait("Engine", "each")]
public sealed class CatalogGrainTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private TestEngine engine = null!;
    private ICatalogGrain grain = null!;

    public async ValueTask InitializeAsync()
    {
        engine = await TestEngine.StartAsync(folder.Path, services => services.AddSingleton<TimeProvider>(time));
        grain = engine.Grains.GetGrain<ICatalogGrain>("0/16");
    }

    public async ValueTask DisposeAsync()
    {
        await engine.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task ChangesSince_WithNews_AnswersAtOnce()
    {
        await grain.PublishAsync(Record("a", 1));
        CatalogChanges first = await grain.ChangesSinceAsync("", 0, default);
        await grain.PublishAsync(Record("b", 1));

        CatalogChanges changes = await grain.ChangesSinceAsync(first.Incarnation, first.Sequence, default).WaitAsync(Eventually.Deadline);

        changes.IsSnapshot.ShouldBeFalse();
        changes.Records.ShouldBe([Record("b", 1)]);
    }

    [Fact]
    public async Task ChangesSince_WaitingForNews_IsAnsweredWhenItComes()
    {
        CatalogChanges first = await grain.ChangesSinceAsync("", 0, default);
        Task<CatalogChanges> asked = grain.ChangesSinceAsync(first.Incarnation, first.Sequence, default);
        asked.IsCompleted.ShouldBeFalse();

        await grain.PublishAsync(Record("a", 1));

        (await asked.WaitAsync(Eventually.Deadline)).Records.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Refute_MakesReadersAndAuthorsKnowWhatIsNewer()
    {
        await grain.PublishAsync(Record("a", 1));
        await grain.PublishAsync(Record("b", 5));
        CatalogChanges first = await grain.ChangesSinceAsync("", 0, default);

        await grain.RefuteAsync([Record("a", 3), Record("b", 4)]);

        (await grain.ChangesSinceAsync(first.Incarnation, first.Sequence, default)).Records.ShouldBe([Record("a", 3)]);
        PublishResult refused = await grain.PublishAsync(Record("a", 2));
        (refused.Accepted, refused.Known).ShouldBe((false, Record("a", 3).Version));
    }

    [Fact]
    public async Task ChangesSince_WithoutNews_IsEmptyAfterTwoSeconds()
    {
        CatalogChanges first = await grain.ChangesSinceAsync("", 0, default);
        Task<CatalogChanges> asked = grain.ChangesSinceAsync(first.Incarnation, first.Sequence, default);
        int seconds = 0;
        await Eventually.Until(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            seconds++;
            return asked.IsCompleted;
        });

        seconds.ShouldBeGreaterThanOrEqualTo(2);
        CatalogChanges changes = await asked;
        changes.Records.ShouldBeEmpty();
        changes.Sequence.ShouldBe(first.Sequence);
    }

    [Fact]
    public async Task ChangesSince_OfAnotherIncarnationOrALaterPlace_GivesASnapshot()
    {
        await grain.PublishAsync(Record("a", 1));
        await grain.PublishAsync(Record("b", 1));
        CatalogChanges first = await grain.ChangesSinceAsync("", 0, default);
        first.IsSnapshot.ShouldBeTrue();

        foreach ((string incarnation, long sequence) in ((string, long)[])[("other", 2), (first.Incarnation, 99)])
        {
            CatalogChanges changes = await grain.ChangesSinceAsync(incarnation, sequence, default);
            changes.IsSnapshot.ShouldBeTrue();
            changes.Records.Count.ShouldBe(2);
        }
    }

    [Fact]
    public async Task Compare_OfWhatDiffers_SaysWhatIsThere()
    {
        await grain.PublishAsync(Record("a", 1) with { Parts = [new PartVersion("east", new RecordVersion(1, 1, 7), "")] });

        ComparedDigest compared = await grain.CompareAsync("east", default);

        compared.Matches.ShouldBeFalse();
        compared.Parts.ShouldBe([new ShardPart(Samples.Service("a"), new RecordVersion(1, 1, 7))]);
    }

    private static ServiceRecord Record(string name, long counter) => new() { Service = Samples.Service(name), Version = new RecordVersion(1, 1, counter) };
}
