using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Sources;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>What a silo makes of its file and of the shards' answers.</summary>
public sealed class CatalogStateTests
{
    private static readonly string[] East = ["east"];
    private readonly CatalogState state = new();
    private int sequence;

    [Fact]
    public void Load_OfACompleteFile_IsServedAtOnceWithStaleSources()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Service("cart", 1, "east"));

        CatalogChange change = Commit(East)!;

        change.Services.ShouldBe([Samples.Service("cart")]);
        change.Completeness.ShouldBeTrue();
        // What was not written any more before the end may be missing.
        state.Snapshot.Completeness.ShouldBe(Completeness.Remembered);
        state.Snapshot.Sources["east"].State.ShouldBe(SourceState.Stale);
        state.TakeSaved().ShouldBeEmpty();
    }

    [Fact]
    public void ShardThatSaysLess_LearnsWhatIsNewer_AndChangesNothing()
    {
        ApplyAll(isComplete: true, Service("cart", 5, "east"), Service("pay", 5, "east") with { Deleted = true });
        Commit(East);

        IReadOnlyList<CatalogRecord> newer = Apply(Service("cart", 4, "east"), Service("pay", 4, "east"));

        newer.ShouldBe([Service("cart", 5, "east"), Service("pay", 5, "east") with { Deleted = true }]);
        Commit(East);
        state.Snapshot.Services.Values.ShouldBe([Service("cart", 5, "east")]);
        Apply(Service("cart", 5, "east"), Service("pay", 6, "east")).ShouldBeEmpty();
    }

    [Fact]
    public void ShardThatSaysLessThanTheFile_IsNotToldOfIt()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Service("cart", 5, "east"));

        Apply(Service("cart", 4, "east")).ShouldBeEmpty();
        Apply(Service("cart", 6, "east"));
        Apply(Service("cart", 5, "east")).ShouldHaveSingleItem();
    }

    [Fact]
    public void Remembered_UntilEachSourceIsHeardOrFails()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Source("west", hasPicture: true), Service("cart", 1, "east", "west"));
        ApplyAll(isComplete: true, Service("cart", 1, "east", "west"));
        ApplyMeta(Source("east", hasPicture: true, counter: 2), Source("west", hasPicture: true, counter: 2) with { State = SourceState.Warming });
        Commit(["east", "west"]);
        state.Snapshot.Completeness.ShouldBe(Completeness.Remembered);

        ApplyMeta(Source("west", hasPicture: true, counter: 3) with { State = SourceState.Stale, Reason = "connection refused" });
        Commit(["east", "west"]);

        state.Snapshot.Completeness.ShouldBe(Completeness.Partial);
    }

    [Fact]
    public void Remembered_EndsWhenTimeIsOver()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Service("cart", 1, "east"));

        Commit(East, isTimeOver: true);

        state.Snapshot.Completeness.ShouldBe(Completeness.Partial);
    }

    [Fact]
    public void Load_OfAFileThatWasCutOff_WaitsForTheShards()
    {
        Load(isComplete: false, Source("east", hasPicture: true), Service("cart", 1, "east"));
        Commit(East);
        state.Snapshot.Completeness.ShouldBe(Completeness.Waiting);
        state.Snapshot.Services.Count.ShouldBe(1);

        ApplyAll(isComplete: true, Service("cart", 1, "east"));
        ApplyMeta(Source("east", hasPicture: true));
        Commit(East);

        state.Snapshot.Completeness.ShouldBe(Completeness.Complete);
    }

    [Fact]
    public void Commit_WithASourceMissing_IsPartialWhenTimeIsOver()
    {
        ApplyAll(isComplete: true, Service("cart", 1, "east"));
        ApplyMeta(Source("east", hasPicture: true));
        Commit(["east", "west"]);
        state.Snapshot.Completeness.ShouldBe(Completeness.Waiting);

        Commit(["east", "west"], isTimeOver: true)!.Completeness.ShouldBeTrue();
        state.Snapshot.Completeness.ShouldBe(Completeness.Partial);

        ApplyMeta(Source("west", hasPicture: true));
        Commit(["east", "west"], isTimeOver: true);
        state.Snapshot.Completeness.ShouldBe(Completeness.Complete);
    }

    [Fact]
    public void Commit_WithOneShardMissing_Waits()
    {
        foreach (string shard in Shards.OfServices.Skip(1))
        {
            Apply(shard, isSnapshot: true, isComplete: true);
        }
        ApplyMeta(Source("east", hasPicture: true));
        Commit(East);

        state.Snapshot.Completeness.ShouldBe(Completeness.Waiting);
    }

    [Fact]
    public void Commit_OnceComplete_NeverGoesBack()
    {
        ApplyAll(isComplete: true, Service("cart", 1, "east"));
        ApplyMeta(Source("east", hasPicture: true));
        Commit(East);

        // The shards begin anew, and the source too.
        ApplyAll(isComplete: false);
        ApplyMeta(Source("east", hasPicture: false, counter: 2));
        Commit(East);

        state.Snapshot.Completeness.ShouldBe(Completeness.Complete);
        state.Snapshot.Services.Count.ShouldBe(1);
    }

    [Fact]
    public void Apply_OfALowerVersion_ChangesNothing()
    {
        ApplyAll(isComplete: true, Service("cart", 5, "east"));
        Commit(East);
        state.TakeSaved();

        ApplyAll(isComplete: true, Service("cart", 4, "east"));

        Commit(East).ShouldBeNull();
        state.Snapshot.Services[Samples.Service("cart")].Version.Counter.ShouldBe(5);
    }

    [Fact]
    public void Apply_OfALateWordAboutADeletedService_ChangesNothing()
    {
        ApplyAll(isComplete: true, Service("cart", 5, "east"));
        Apply(ShardOf("cart"), isSnapshot: false, isComplete: true, Service("cart", 6, "east") with { Deleted = true });
        Apply(ShardOf("cart"), isSnapshot: false, isComplete: true, Service("cart", 5, "east"));
        Commit(East);

        state.Snapshot.Services.ShouldBeEmpty();
    }

    [Fact]
    public void Unconfirmed_WhileAnySourceOfItHasNoPicture_Stays()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Source("west", hasPicture: true), Service("cart", 1, "east", "west"));
        ApplyAll(isComplete: true);
        ApplyMeta(Source("east", hasPicture: true, counter: 2), Source("west", hasPicture: false, counter: 2));
        Commit(East);
        state.Snapshot.Services.Count.ShouldBe(1);

        ApplyMeta(Source("west", hasPicture: true, counter: 3));
        Commit(East)!.Services.ShouldBe([Samples.Service("cart")]);

        state.Snapshot.Services.ShouldBeEmpty();
        state.TakeSaved().OfType<ServiceRecord>().ShouldHaveSingleItem().Deleted.ShouldBeTrue();
    }

    [Fact]
    public void Unconfirmed_WhileItsShardIsNotComplete_Stays()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Service("cart", 1, "east"));
        ApplyMeta(Source("east", hasPicture: true, counter: 2));
        ApplyAll(isComplete: false);
        Commit(East);
        state.Snapshot.Services.Count.ShouldBe(1);

        Apply(ShardOf("cart"), isSnapshot: false, isComplete: true);
        Commit(East);

        state.Snapshot.Services.ShouldBeEmpty();
    }

    [Fact]
    public void Unconfirmed_WhileItsSourceIsOnlyKnownFromTheFile_Stays()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Service("cart", 1, "east"));
        ApplyAll(isComplete: true);
        Commit(East);

        state.Snapshot.Services.Count.ShouldBe(1);
    }

    [Fact]
    public void Unconfirmed_OfASourceThatWasRetired_IsDropped()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Service("cart", 1, "east"));
        ApplyAll(isComplete: true);
        ApplyMeta(Source("east", hasPicture: true, counter: 9) with { Deleted = true });
        Commit([]);

        state.Snapshot.Services.ShouldBeEmpty();
        state.Snapshot.Sources.ShouldBeEmpty();
    }

    [Fact]
    public void Commit_OfAStateOfASourceOnly_ChangesNoServiceAndIsSaved()
    {
        ApplyAll(isComplete: true, Service("cart", 1, "east"));
        ApplyMeta(Source("east", hasPicture: true));
        Commit(East);
        state.TakeSaved();

        ApplyMeta(Source("east", hasPicture: true, counter: 2) with { State = SourceState.Stale });
        CatalogChange change = Commit(East)!;

        change.Services.ShouldBeEmpty();
        change.Configuration.ShouldBeFalse();
        state.TakeSaved().ShouldHaveSingleItem().Key.ShouldBe(SourceRecord.KeyOf("east"));
    }

    [Fact]
    public void Commit_OfTheSameConfigurationAgain_IsNoChangeOfIt()
    {
        ApplyMeta(new ConfigRecord { Version = new RecordVersion(1, 1, 1), Revision = "r1" });
        Commit([])!.Configuration.ShouldBeTrue();

        ApplyMeta(new ConfigRecord { Version = new RecordVersion(1, 2, 1), Revision = "r1" });

        (Commit([])?.Configuration ?? false).ShouldBeFalse();
    }

    [Fact]
    public void Unconfirmed_OfASourceThatHasNotBeenInSyncSince_Stays()
    {
        Load(isComplete: true, Source("east", hasPicture: true), Service("cart", 1, "east"));
        ApplyAll(isComplete: true);
        ApplyMeta(Source("east", hasPicture: true, counter: 9) with { State = SourceState.Stale, Reason = "connection refused" });
        Commit(East);
        state.Snapshot.Services.Count.ShouldBe(1);
        state.Snapshot.Completeness.ShouldBe(Completeness.Partial);

        ApplyMeta(Source("east", hasPicture: true, counter: 10));
        Commit(East);

        state.Snapshot.Services.ShouldBeEmpty();
        state.Snapshot.Completeness.ShouldBe(Completeness.Complete);
    }

    private static ServiceRecord Service(string name, long counter, params string[] sources) => new()
    {
        Service = Samples.Service(name),
        Version = new RecordVersion(1, 1, counter),
        Parts = sources.Select(source => new PartVersion(source, new RecordVersion(1, 1, 1), "")).ToValueList(),
    };

    private static SourceRecord Source(string name, bool hasPicture, long counter = 1) =>
        new() { Source = name, Version = new RecordVersion(1, 1, counter), State = hasPicture ? SourceState.Live : SourceState.Warming, HasPicture = hasPicture };

    private static string ShardOf(string name) => Shards.Of(Samples.Service(name));

    private void Load(bool isComplete, params CatalogRecord[] records) => state.Load(new CatalogFileContent(records, isComplete));

    private void ApplyAll(bool isComplete, params ServiceRecord[] services)
    {
        foreach (string shard in Shards.OfServices)
        {
            Apply(shard, isSnapshot: true, isComplete, [.. services.Where(service => Shards.Of(service.Service) == shard)]);
        }
    }

    private IReadOnlyList<CatalogRecord> Apply(params ServiceRecord[] services) => [.. services.SelectMany(service =>
        state.Apply(Shards.Of(service.Service), new CatalogChanges("incarnation", ++sequence, IsSnapshot: false, IsComplete: false, [service])))];

    private void ApplyMeta(params CatalogRecord[] records) => Apply(Shards.Meta, isSnapshot: false, isComplete: false, records);

    private void Apply(string shard, bool isSnapshot, bool isComplete, params CatalogRecord[] records) =>
        state.Apply(shard, new CatalogChanges("incarnation", ++sequence, isSnapshot, isComplete, records.ToValueList()));

    private CatalogChange? Commit(IReadOnlyCollection<string> sources, bool isTimeOver = false) => state.Commit(sources, areAllKnown: true, isTimeOver);
}
