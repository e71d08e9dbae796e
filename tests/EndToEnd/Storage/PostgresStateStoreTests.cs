using System.Text;
using ControlPlane.Grains.Storage;
using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.Unit.Storage;

namespace ControlPlane.Tests.EndToEnd.Storage;

/// <summary>Rows in a real PostgreSQL database.</summary>
public sealed class PostgresStateStoreTests(PostgresStateStoreTests.Server server) : StateStoreContract, IClassFixture<PostgresStateStoreTests.Server>, IAsyncDisposable
{
    private readonly List<PostgresDatabase> opened = [];

    [Fact]
    public async Task Open_OfManyAtOnce_MakesTheTableOnce()
    {
        await server.Postgres.AskAsync("drop schema if exists controlplane cascade");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => await Open("north").WriteAsync(Key with { Name = $"{i}" }, 1, Bytes("a"), null, default)));

        (await Open("north").ReadAllAsync("source", "east", default)).Count.ShouldBe(8);
    }

    [Fact]
    public async Task Regions_OfOneDatabase_DoNotSeeEachOther()
    {
        PostgresStateStore one = Open("one");
        PostgresStateStore other = Open("other");
        await one.WriteAsync(Key, 1, Bytes("a"), null, default);

        (await other.ReadAsync(Key, default)).ShouldBeNull();
        await other.WriteBatchAsync([new StateWrite(Key, 1, null)], default);
        Encoding.UTF8.GetString((await one.ReadAsync(Key, default))!.Payload).ShouldBe("a");
    }

    [Fact]
    public async Task Uri_IsUnderstood()
    {
        var uri = PostgresAddress.Parse($"postgresql://tester:{PostgresServer.Password}@127.0.0.1:{server.Postgres.Port}/postgres?sslmode=disable&application_name=one%20test");
        await using var database = new PostgresDatabase(uri, "uri", []);

        (await new PostgresStateStore(database).ReadAsync(Key, default)).ShouldBeNull();

        uri.Description.ShouldBe($"PostgreSQL at 127.0.0.1:{server.Postgres.Port}, database postgres");
    }

    [Fact]
    public async Task Failures_SayWhichDatabaseInPlainWords_AndEndWithTheirCause()
    {
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        await using var database = new PostgresDatabase(PostgresAddress.Parse(postgres.ConnectionString), "here", []);
        var store = new PostgresStateStore(database);
        string etag = await store.WriteAsync(Key, 1, Bytes("a"), null, default);

        await postgres.StopAsync();
        IOException failure = await Should.ThrowAsync<IOException>(store.WriteAsync(Key, 1, Bytes("b"), etag, default));

        failure.Message.ShouldStartWith($"PostgreSQL at 127.0.0.1:{postgres.Port}, database postgres: ");
        failure.ToString().ShouldNotContain(PostgresServer.Password);

        await postgres.StartAgainAsync();
        (await store.ReadAsync(Key, default))!.ETag.ShouldBe(etag);
        await store.WriteAsync(Key, 1, Bytes("b"), etag, default);
    }

    [Fact]
    public async Task Read_OverAConnectionThatTheServerHasClosed_IsAnswered()
    {
        PostgresStateStore store = Open("closed");
        await store.WriteAsync(Key, 1, Bytes("a"), null, default);
        await server.Postgres.AskAsync("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'controlplane'");

        (await store.ReadAsync(Key, default)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Refusal_OfAWrongPassword_DoesNotSayIt()
    {
        await using var database = new PostgresDatabase(PostgresAddress.Parse(server.Postgres.ConnectionString.Replace(PostgresServer.Password, "wrong-one", StringComparison.Ordinal)), "here", []);

        IOException failure = await Should.ThrowAsync<IOException>(new PostgresStateStore(database).ReadAsync(Key, default));

        failure.Message.ShouldContain("it refuses (28P01)");
        failure.ToString().ShouldNotContain("wrong-one");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PostgresDatabase database in opened)
        {
            await database.DisposeAsync();
        }
    }

    protected override Task<IStateStore> OpenAsync() => Task.FromResult<IStateStore>(Open(Guid.NewGuid().ToString("N")));

    private PostgresStateStore Open(string region)
    {
        var database = new PostgresDatabase(PostgresAddress.Parse(server.Postgres.ConnectionString), region, []);
        opened.Add(database);
        return new PostgresStateStore(database);
    }

    /// <summary>One server for all tests of the class.</summary>
    public sealed class Server : IAsyncLifetime
    {
        public PostgresServer Postgres { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Postgres = await PostgresServer.StartAsync();

        public ValueTask DisposeAsync() => Postgres?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
