using System.Text;
using ControlPlane.Grains.Storage;

namespace ControlPlane.Tests.Unit.Storage;

/// <summary>What every state store does, on whatever database.</summary>
public abstract class StateStoreContract
{
    protected static readonly StateKey Key = new("source", "east", "lease");

    [Fact]
    public async Task Write_OfANewRow_IsRead()
    {
        IStateStore store = await OpenAsync();
        (await store.ReadAsync(Key, default)).ShouldBeNull();

        string etag = await store.WriteAsync(Key, 1, Bytes("a"), null, default);

        StoredRow row = (await store.ReadAsync(Key, default))!;
        (row.ETag, row.Schema, Encoding.UTF8.GetString(row.Payload)).ShouldBe((etag, 1, "a"));
    }

    [Fact]
    public async Task Write_WithTheEtagThatWasRead_GivesAnother()
    {
        IStateStore store = await OpenAsync();
        string first = await store.WriteAsync(Key, 1, Bytes("a"), null, default);

        string second = await store.WriteAsync(Key, 1, Bytes("b"), first, default);

        second.ShouldNotBe(first);
        (await store.ReadAsync(Key, default))!.ETag.ShouldBe(second);
    }

    [Fact]
    public async Task Write_WhenSomebodyElseWrote_IsAConflictAndChangesNothing()
    {
        IStateStore store = await OpenAsync();
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
        IStateStore store = await OpenAsync();
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
        IStateStore store = await OpenAsync();
        string etag = await store.WriteAsync(Key, 1, Bytes("a"), null, default);

        await store.DeleteAsync(Key, etag, default);

        (await store.ReadAsync(Key, default)).ShouldBeNull();
    }

    [Fact]
    public async Task WriteBatch_WritesAndDeletes_AndRaisesEtags()
    {
        IStateStore store = await OpenAsync();
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
        IStateStore store = await OpenAsync();

        await Should.ThrowAsync<Exception>(store.WriteBatchAsync([new StateWrite(Key, 1, Bytes("a")), new StateWrite(Key with { Name = null! }, 1, Bytes("b"))], default));

        (await store.ReadAsync(Key, default)).ShouldBeNull();
    }

    [Fact]
    public async Task WriteBatch_WithTwoWordsOnOneRow_KeepsTheLast()
    {
        IStateStore store = await OpenAsync();

        await store.WriteBatchAsync([new StateWrite(Key, 1, Bytes("a")), new StateWrite(Key, 1, null), new StateWrite(Key, 2, Bytes("b"))], default);

        StoredRow row = (await store.ReadAsync(Key, default))!;
        (row.Schema, Encoding.UTF8.GetString(row.Payload)).ShouldBe((2, "b"));
    }

    [Fact]
    public async Task WriteBatch_OfNothing_DoesNothing() => await (await OpenAsync()).WriteBatchAsync([], default);

    [Fact]
    public async Task Etags_AreNumbersThatBeginWithOne()
    {
        // A row that is taken over into another database keeps its meaning.
        IStateStore store = await OpenAsync();

        string first = await store.WriteAsync(Key, 1, Bytes("a"), null, default);
        string second = await store.WriteAsync(Key, 1, Bytes("b"), first, default);
        await store.WriteBatchAsync([new StateWrite(Key, 1, Bytes("c"))], default);

        (first, second, (await store.ReadAsync(Key, default))!.ETag).ShouldBe(("1", "2", "3"));
    }

    [Fact]
    public async Task ReadAll_IsInTheOrderOfBytes_AndOfOneGrainOnly()
    {
        IStateStore store = await OpenAsync();
        string[] names = ["b", "B", "a/c", "a", "ä", "", "_", "a-c"];
        await store.WriteBatchAsync([.. names.Select(name => new StateWrite(Key with { Name = name }, 1, [])), new StateWrite(Key with { Key = "west" }, 1, [])], default);

        (await store.ReadAllAsync("source", "east", default)).Select(row => row.Key.Name).ShouldBe(["", "B", "_", "a", "a-c", "a/c", "b", "ä"]);
    }

    [Fact]
    public async Task ReadEverything_IsInTheOrderOfKeys()
    {
        IStateStore store = await OpenAsync();
        StateKey[] keys = [new("b", "", ""), new("a", "k", "n"), new("a", "k", ""), new("a", "", "x"), new("B", "k", "ä")];
        await store.WriteBatchAsync([.. keys.Select(key => new StateWrite(key, 3, Bytes(key.GrainType)))], default);

        IReadOnlyList<StoredRow> rows = await store.ReadEverythingAsync(default);

        rows.Select(row => row.Key).ShouldBe([keys[4], keys[3], keys[2], keys[1], keys[0]]);
        (rows[0].Schema, rows[0].ETag, Encoding.UTF8.GetString(rows[0].Payload)).ShouldBe((3, "1", "B"));
    }

    [Fact]
    public async Task Delete_OfARowThatIsNotThere_IsAConflictOnlyWithAnEtag()
    {
        IStateStore store = await OpenAsync();

        await store.DeleteAsync(Key, null, default);
        await Should.ThrowAsync<StateConflictException>(store.DeleteAsync(Key, "1", default));
    }

    protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>An empty store.</summary>
    protected abstract Task<IStateStore> OpenAsync();
}
