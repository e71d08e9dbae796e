using System.Text;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Storage;

/// <summary>Backups: what is written is read again, and what is damaged is refused with the line.</summary>
public sealed class StateBackupTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UnixEpoch.AddSeconds(5_000));
    private readonly MemoryStore store = new();

    [Fact]
    public async Task Backup_ThatIsWrittenAndRead_IsTheSame()
    {
        await PutAsync(("lease", "k8s", "lease"), ("endpoint", "ä\n\"1\"", ""));
        StateBackup backup = await StateBackup.TakeAsync(store, "eu", time, default);

        StateBackup read = await StateBackup.ReadAsync(await WrittenAsync(backup), default);

        (read.Region, read.Taken).ShouldBe(("eu", time.GetUtcNow()));
        read.Rows.Select(Describe).ShouldBe(backup.Rows.Select(Describe));
        read.Rows.Count.ShouldBe(2);
    }

    [Fact]
    public async Task WhatAProcessKnewLast_IsNotInIt()
    {
        await PutAsync(("catalog", "", "services/m/n/s"), ("catalog-complete", "", ""), ("lease", "k8s", "lease"));

        (await StateBackup.TakeAsync(store, "eu", time, default)).Rows.ShouldHaveSingleItem().Key.GrainType.ShouldBe("lease");
    }

    [Fact]
    public async Task File_OfWhichAnyByteIsMissingOrChanged_IsRefused()
    {
        await PutAsync(("lease", "k8s", "lease"), ("endpoint", "vm-1", ""));
        byte[] whole = (await WrittenAsync(await StateBackup.TakeAsync(store, "eu", time, default))).ToArray();

        // The end of the last line may be missing: nothing of it is.
        for (int length = 0; length < whole.Length - 1; length++)
        {
            await Should.ThrowAsync<InvalidDataException>(StateBackup.ReadAsync(new MemoryStream(whole[..length]), default), $"the first {length} bytes");
        }
        for (int at = 0; at < whole.Length - 1; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 1;
            await Should.ThrowAsync<InvalidDataException>(StateBackup.ReadAsync(new MemoryStream(changed), default), $"byte {at}");
        }
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("hello", "line 1: it cannot be read")]
    [InlineData("""{"format":"controlplane-backup","version":2,"region":"eu","taken":"2026-01-01T00:00:00Z"}""", "it has version 2, this program reads 1")]
    [InlineData("""{"format":"controlplane-backup","version":1,"region":"eu","taken":"2026-01-01T00:00:00Z"}""", "line 2: the file ends here")]
    [InlineData("{\"format\":\"controlplane-backup\",\"version\":1,\"region\":\"eu\",\"taken\":\"2026-01-01T00:00:00Z\"}\n{\"rows\":1,\"sha256\":\"\"}", "1 rows were written, and 0 are here")]
    [InlineData("{\"format\":\"controlplane-backup\",\"version\":1,\"region\":\"eu\",\"taken\":\"2026-01-01T00:00:00Z\"}\n{\"type\":\"lease\"}", "line 2: it cannot be read")]
    public async Task File_ThatIsWrong_IsRefusedByLine(string text, string expected) =>
        (await Should.ThrowAsync<InvalidDataException>(StateBackup.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), default))).Message.ShouldContain(expected);

    [Fact]
    public async Task Restore_WhereThereIsState_IsRefused_AndReplacesItWhenTold()
    {
        await PutAsync(("endpoint", "vm-1", ""));
        StateBackup backup = await StateBackup.TakeAsync(store, "eu", time, default);
        await PutAsync(("endpoint", "vm-2", ""));

        (await Should.ThrowAsync<InvalidOperationException>(backup.RestoreAsync(store, replace: false, time, default))).Message.ShouldBe("there is state already, 2 rows");
        (await store.ReadEverythingAsync(default)).Count.ShouldBe(2);

        await backup.RestoreAsync(store, replace: true, time, default);
        (await store.ReadEverythingAsync(default)).Select(row => row.Key.Key).ShouldBe(["vm-1", "region"]);
    }

    [Theory]
    [InlineData(100, 0, 5_000)]
    [InlineData(7_000, 0, 7_001)]
    [InlineData(7_000, 8_000, 8_001)]
    public async Task Restore_BeginsAGeneration_AboveAllBefore(long generation, long replaced, long expected)
    {
        await PutEpochsAsync(new EpochState(generation, 40, IsHeard: true));
        StateBackup backup = await StateBackup.TakeAsync(store, "eu", time, default);
        await PutEpochsAsync(new EpochState(replaced, 50, IsHeard: true));

        await backup.RestoreAsync(store, replace: true, time, default);

        StoredRow row = (await store.ReadEverythingAsync(default)).ShouldHaveSingleItem();
        StateJson.Read<EpochState>(row).ShouldBe(new EpochState(expected, 50, IsHeard: false));
    }

    private Task PutAsync(params (string Type, string Key, string Name)[] rows) => store.WriteBatchAsync(
        [.. rows.Select(row => new StateWrite(new StateKey(row.Type, row.Key, row.Name), 1, Encoding.UTF8.GetBytes($$"""{"of": "{{row.Type}}", "list": [1, 2.50, null]}""")))], default);

    private Task PutEpochsAsync(EpochState state) => store.WriteBatchAsync([new StateWrite(new StateKey("epochs", "region", ""), StateJson.Schema, StateJson.Write(state))], default);

    private static async Task<MemoryStream> WrittenAsync(StateBackup backup)
    {
        var stream = new MemoryStream();
        await backup.WriteAsync(stream, default);
        stream.Position = 0;
        return stream;
    }

    private static string Describe(StoredRow row) => $"{row.Key} {row.Schema} {Encoding.UTF8.GetString(row.Payload)}";
}
