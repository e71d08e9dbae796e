using System.Text;
using ControlPlane.Grains.Storage;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Storage;

/// <summary>Rows in a SQLite file.</summary>
[Trait("Engine", "each")]
public sealed class SqliteStateStoreTests : StateStoreContract, IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CollectedLog log = new();
    private SqliteStateStore? opened;

    public async ValueTask DisposeAsync()
    {
        if (opened is not null)
        {
            await opened.DisposeAsync();
        }
        folder.Dispose();
    }

    [Fact]
    public async Task Rows_AfterTheFileIsOpenedAgain_AreThere()
    {
        await using (SqliteStateStore first = Open())
        {
            first.IsNew.ShouldBeTrue();
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

    protected override Task<IStateStore> OpenAsync() => Task.FromResult<IStateStore>(opened = Open());

    private SqliteStateStore Open() => SqliteStateStore.Open(folder.File("state.db"), new FakeTimeProvider(), log);
}
