using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ControlPlane.Grains.Catalog;

namespace ControlPlane.Grains.Storage;

/// <summary>
/// A region's stored state as a file: a line of JSON that says what it is, one for each row, and a last one with their number and a checksum. The same from and
/// to every database and engine.
/// </summary>
/// <remarks>What a process knew last is not in it: it comes back from registries, and from other regions.</remarks>
/// <param name="Region">Whose state it is.</param>
/// <param name="Taken">When, by the clock of the machine that took it.</param>
/// <param name="Rows">In the order of their keys.</param>
public sealed record StateBackup(string Region, DateTimeOffset Taken, IReadOnlyList<StoredRow> Rows)
{
    private const string Format = "controlplane-backup";
    private const int Version = 1;
    private static readonly JsonWriterOptions Lines = new() { Indented = false };

    /// <summary>Reads all rows of a store, as they are at one moment.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<StateBackup> TakeAsync(IStateStore store, string region, TimeProvider time, CancellationToken cancellationToken) => new(
        region, time.GetUtcNow(), [.. (await store.ReadEverythingAsync(cancellationToken)).Where(row => !CatalogFile.HasRow(row.Key))]);

    /// <summary>Makes it the state of a store, in one step. The region's generation is raised, so that its word counts with those who have heard it before.</summary>
    /// <param name="replace">Whether what the store has is thrown away; false: it has to be empty.</param>
    /// <exception cref="InvalidOperationException">It is not empty.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public async Task RestoreAsync(IStateStore store, bool replace, TimeProvider time, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredRow> earlier = await store.ReadEverythingAsync(cancellationToken);
        if (earlier.Count > 0 && !replace)
        {
            throw new InvalidOperationException($"there is state already, {earlier.Count} rows");
        }
        HashSet<StateKey> kept = [.. Rows.Select(row => row.Key)];
        await store.WriteBatchAsync([
            .. earlier.Where(row => !kept.Contains(row.Key)).Select(row => new StateWrite(row.Key, row.Schema, null)),
            .. Rows.Select(row => new StateWrite(row.Key, row.Schema, row.Payload)),
            Epochs.Restored(earlier.Concat(Rows), time)], cancellationToken);
    }

    /// <summary>Writes it to a stream.</summary>
    /// <exception cref="InvalidDataException">A row is damaged.</exception>
    public async Task WriteAsync(Stream target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var line = new MemoryStream();
        await using var writer = new Utf8JsonWriter(line, Lines);
        await WriteLineAsync(() =>
        {
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("region", Region);
            writer.WriteString("taken", Taken);
        });
        foreach (StoredRow row in Rows)
        {
            await WriteLineAsync(() =>
            {
                writer.WriteString("type", row.Key.GrainType);
                writer.WriteString("key", row.Key.Key);
                writer.WriteString("name", row.Key.Name);
                writer.WriteNumber("schema", row.Schema);
                writer.WritePropertyName("payload");
                try
                {
                    writer.WriteRawValue(row.Payload);
                }
                catch (JsonException damage)
                {
                    throw new InvalidDataException($"the stored {row.Key.GrainType} {row.Key.Key} {row.Key.Name} is damaged: {damage.Message}", damage);
                }
            });
        }
        string sum = Convert.ToHexStringLower(hash.GetCurrentHash());
        await WriteLineAsync(() =>
        {
            writer.WriteNumber("rows", Rows.Count);
            writer.WriteString("sha256", sum);
        });

        async Task WriteLineAsync(Action write)
        {
            line.SetLength(0);
            writer.Reset();
            writer.WriteStartObject();
            write();
            writer.WriteEndObject();
            await writer.FlushAsync(cancellationToken);
            line.WriteByte((byte)'\n');
            ReadOnlyMemory<byte> bytes = line.GetBuffer().AsMemory(0, (int)line.Length);
            hash.AppendData(bytes.Span);
            await target.WriteAsync(bytes, cancellationToken);
        }
    }

    /// <summary>Reads and checks a whole file.</summary>
    /// <exception cref="InvalidDataException">It is not a backup, of a version that is not known, cut off or changed; the message names the line.</exception>
    public static async Task<StateBackup> ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var reader = new StreamReader(source, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        var rows = new List<StoredRow>();
        int number = 1;
        string first = await NextAsync() ?? throw new InvalidDataException("the file is empty: a backup was expected");
        (string region, DateTimeOffset taken) = Parse(first, number, ReadHead);
        while (true)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(first + "\n"));
            number++;
            first = await NextAsync() ?? throw new InvalidDataException($"line {number}: the file ends here, and the line with the checksum is missing: it was cut off");
            (StoredRow? row, string? sum) = Parse<(StoredRow?, string?)>(first, number, json => json.TryGetProperty("sha256", out JsonElement end) ? (null, CheckCount(json, end, rows.Count)) : (ReadRow(json), null));
            if (row is not null)
            {
                rows.Add(row);
                continue;
            }
            return sum != Convert.ToHexStringLower(hash.GetCurrentHash()) ? throw new InvalidDataException($"line {number}: the checksum differs: the file was changed after it was written")
                : await NextAsync() is not null ? throw new InvalidDataException($"line {number + 1}: nothing was expected after the checksum")
                : new StateBackup(region, taken, rows);
        }

        async Task<string?> NextAsync()
        {
            try
            {
                return await reader.ReadLineAsync(cancellationToken);
            }
            catch (DecoderFallbackException damage)
            {
                throw new InvalidDataException($"line {number}: it is not UTF-8: the file is damaged, or not a backup", damage);
            }
        }
    }

    private static T Parse<T>(string line, int number, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return read(json.RootElement);
        }
        catch (Exception wrong) when (wrong is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"line {number}: it cannot be read ({wrong.Message}): the file is damaged, or not a backup", wrong);
        }
    }

    private static (string Region, DateTimeOffset Taken) ReadHead(JsonElement json)
    {
        if (json.GetProperty("format").GetString() != Format)
        {
            throw new FormatException($"format {Format} was expected");
        }
        int version = json.GetProperty("version").GetInt32();
        return version == Version
            ? (json.GetProperty("region").GetString()!, json.GetProperty("taken").GetDateTimeOffset())
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"it has version {version}, this program reads {Version}"));
    }

    private static StoredRow ReadRow(JsonElement json) => new(
        new StateKey(json.GetProperty("type").GetString()!, json.GetProperty("key").GetString()!, json.GetProperty("name").GetString()!), "",
        json.GetProperty("schema").GetInt32(), Encoding.UTF8.GetBytes(json.GetProperty("payload").GetRawText()));

    private static string CheckCount(JsonElement json, JsonElement end, int rows) => json.GetProperty("rows").GetInt32() is var expected && expected != rows
        ? throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{expected} rows were written, and {rows} are here"))
        : end.GetString()!;
}
