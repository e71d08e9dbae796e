using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>The log of a shard.</summary>
public sealed class CatalogLogTests
{
    private readonly CatalogLog log = new();

    [Fact]
    public void Publish_OfALowerVersion_IsRefused()
    {
        log.Publish(Record("a", new RecordVersion(1, 2, 3)));

        foreach (RecordVersion lower in (RecordVersion[])[new(1, 2, 2), new(1, 1, 9), new(0, 9, 9)])
        {
            PublishResult result = log.Publish(Record("a", lower));
            result.Accepted.ShouldBeFalse();
            result.Known.ShouldBe(new RecordVersion(1, 2, 3));
        }
        foreach (RecordVersion higher in (RecordVersion[])[new(1, 2, 4), new(1, 3, 0), new(2, 0, 0)])
        {
            log.Publish(Record("a", higher)).Accepted.ShouldBeTrue();
        }
        log.Sequence.ShouldBe(4);
    }

    [Fact]
    public void Publish_OfTheSameVersionAgain_IsTakenWithoutEffect()
    {
        log.Publish(Record("a", new RecordVersion(1, 1, 1)));

        log.Publish(Record("a", new RecordVersion(1, 1, 1))).Accepted.ShouldBeTrue();

        log.Sequence.ShouldBe(1);
    }

    [Fact]
    public void Publish_OfALateWordAboutADeletedThing_IsRefused()
    {
        log.Publish(Record("a", new RecordVersion(1, 1, 2)) with { Deleted = true });

        log.Publish(Record("a", new RecordVersion(1, 1, 1))).Accepted.ShouldBeFalse();
    }

    [Fact]
    public void Since_GivesTheNewestOfEachInTheOrderTheyCame()
    {
        log.Publish(Record("a", new RecordVersion(1, 1, 1)));
        log.Publish(Record("b", new RecordVersion(1, 1, 2)));
        log.Publish(Record("a", new RecordVersion(1, 1, 3)));

        log.Since(0).Select(record => record.Key).ShouldBe([Record("b", default).Key, Record("a", default).Key]);
        log.Since(2).ShouldHaveSingleItem().Version.Counter.ShouldBe(3);
        log.Since(3).ShouldBeEmpty();
    }

    [Fact]
    public void DigestOf_AfterChangesAndRemovals_IsThatOfWhatIsThere()
    {
        log.Publish(Record("a", new RecordVersion(1, 1, 1), ("east", 1), ("west", 1)));
        log.Publish(Record("b", new RecordVersion(1, 1, 2), ("east", 2)));
        log.Publish(Record("a", new RecordVersion(1, 1, 3), ("east", 3)));
        log.Publish(Record("b", new RecordVersion(1, 1, 4)) with { Deleted = true });

        log.DigestOf("east").ShouldBe(default(ShardDigest).With(Samples.Service("a"), new RecordVersion(0, 0, 3)));
        log.DigestOf("west").ShouldBe(default);
        log.PartsOf("east").ShouldBe([new ShardPart(Samples.Service("a"), new RecordVersion(0, 0, 3))]);
    }

    private static ServiceRecord Record(string name, RecordVersion version, params (string Source, int Counter)[] parts) => new()
    {
        Service = Samples.Service(name),
        Version = version,
        Parts = parts.Select(part => new PartVersion(part.Source, new RecordVersion(0, 0, part.Counter), "")).ToValueList(),
    };
}
