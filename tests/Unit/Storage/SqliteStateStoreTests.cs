using System.Text;
using ControlPlane.Grains.Storage;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Storage;

/// <summary>Rows in a SQLite file.</summary>
[Trait("Engine", "each")]
public sealed class SqliteStateStoreTests : IDisposable
{
    private static readonly StateKey Key = new("source", "east", "lease");
    private readonly TemporaryFolder folder = new();
    private readonly CollectedLog log = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Write_OfANewRow_IsRead()
    {
        await using SqliteStateStore store = Open();
        store.IsNew.ShouldBeTrue();
        (await store.ReadAsync(Key, default)).ShouldBeNull();

        string etag = await store.WriteAsync(Key, 1, Bytes("a"), null, default);

        StoredRow row = (await store.ReadAsync(Key, default))!;
        (row.ETag, row.Schema, Encoding.UTF8.GetString(row.Payload)).ShouldBe((etag, 1, "a"));
    }

    [Fact]
    public async Task Write_WithTheEtagThatWasRead_GivesAnother()
    {
        await using SqliteStateStore store = Open();
        string first = await store.WriteAsync(Key, 1, Bytes("a"), null, default);

        string second = await store.WriteAsync(Key, 1, Bytes("b"), first, default);

        second.ShouldNotBe(first);
        (await store.ReadAsync(Key, default))!.ETag.ShouldBe(second);
    }

    [Fact]
    public async Task Write_WhenSomebodyElseWrote_IsAConflictAndChangesNothing()
    {
        await using SqliteStateStore store = Open();
        string first = await store.WriteAsync(Key, 1, Bytes("a"), null, default);
        await store.WriteAsync(Key, 1, Bytes("b"), first, default);

        await Should.ThrowAsync<StateConflictException>(store.WriteAsync(Key, 1, Bytes("c"), first, default));
        await Should.ThrowAsync<StateConflictException>(store.WriteAsync(Key, 1, Bytes("c"), null, default));
        await Should.ThrowAsync<StateConflictException>(store.WriteAsync(Key with { Key = "west" }, 1, Bytes("c"), first, default));
        await Should.ThrowAsync<StateConflictException>(store.DeleteAsync(Key, first, default));

        Encoding.UTF8.GetString((await store.ReadAsync(Key, default))!.Payload).ShouldBe("b");
    }

    [Fact]
    public async Task Write_OfManyAtOnce_IsGrantedToOneOnly()
    {
        await using SqliteStateStore store = Open();
        string etag = await store.WriteAsync(Key, 1, Bytes("a"), null, default);

        bool[] granted = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                await store.WriteAsync(Key, 1, Bytes("b"), etag, default);
                return true;
            }
            catch (StateConflictException)
            {
                return false;
            }
        }));

        granted.Count(mine => mine).ShouldBe(1);
    }

    [Fact]
    public async Task Delete_WithTheEtag_RemovesTheRow()
    {
        await using SqliteStateStore store = Open();
        string etag = await store.WriteAsync(Key, 1, Bytes("a"), null, default);

        await store.DeleteAsync(Key, etag, default);

        (await store.ReadAsync(Key, default)).ShouldBeNull();
    }

    [Fact]
    public async Task WriteBatch_WritesAndDeletes_AndRaisesEtags()
    {
        await using SqliteStateStore store = Open();
        StateKey other = Key with { Name = "other" };
        string etag = await store.WriteAsync(Key, 1, Bytes("a"), null, default);
        await store.WriteAsync(other, 1, Bytes("x"), null, default);

        await store.WriteBatchAsync([new StateWrite(Key, 1, Bytes("b")), new StateWrite(other, 1, null), new StateWrite(Key with { Name = "new" }, 1, [])], default);

        IReadOnlyList<StoredRow> rows = await store.ReadAllAsync("source", "east", default);
        rows.Select(row => $"{row.Key.Name}={Encoding.UTF8.GetString(row.Payload)}").ShouldBe(["lease=b", "new="]);
        await Should.ThrowAsync<StateConflictException>(store.WriteAsync(Key, 1, Bytes("c"), etag, default));
    }

    [Fact]
    public async Task WriteBatch_WithARowThatCannotBeWritten_WritesNone()
    {
        await using SqliteStateStore store = Open();

        await Should.ThrowAsync<Exception>(store.WriteBatchAsync([new StateWrite(Key, 1, Bytes("a")), new StateWrite(Key with { Name = null! }, 1, Bytes("b"))], default));

        (await store.ReadAsync(Key, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Rows_AfterTheFileIsOpenedAgain_AreThere()
    {
        await using (SqliteStateStore first = Open())
        {
            await first.WriteAsync(Key, 1, Bytes("a"), null, default);
        }

        await using SqliteStateStore second = Open();

        second.IsNew.ShouldBeFalse();
        Encoding.UTF8.GetString((await second.ReadAsync(Key, default))!.Payload).ShouldBe("a");
        log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Open_OfADamagedFile_KeepsItAsideSaysSoAndBeginsANewOne()
    {
        string path = folder.Write("state.db", new string('x', 10_000));

        await using SqliteStateStore store = Open();

        store.IsNew.ShouldBeTrue();
        await store.WriteAsync(Key, 1, Bytes("a"), null, default);
        string aside = Directory.GetFiles(folder.Path, "state.db.damaged-*").ShouldHaveSingleItem();
        (await File.ReadAllTextAsync(aside)).ShouldStartWith("xxx");
        string line = log.Lines.ShouldHaveSingleItem();
        line.ShouldContain(path);
        line.ShouldContain(aside);
    }

    [Fact]
    public void Open_WhereNothingCanBeWritten_SaysWhatToDo()
    {
        string path = Path.Combine(folder.Write("a-file", ""), "state.db");

        IOException refused = Should.Throw<IOException>(() => SqliteStateStore.Open(path, TimeProvider.System, log));

        refused.Message.ShouldContain(path);
        refused.Message.ShouldContain("--data");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private SqliteStateStore Open() => SqliteStateStore.Open(folder.File("state.db"), new FakeTimeProvider(), log);
}
