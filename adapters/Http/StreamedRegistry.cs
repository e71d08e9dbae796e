using System.Runtime.CompilerServices;
using System.Text.Json;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Http;

/// <summary>A server that answers with JSON lines and never ends: all instances, <c>complete</c>, then each change. Empty lines say that it lives.</summary>
internal sealed class StreamedRegistry(InstanceClient client, TimeProvider time) : IInstanceRegistry, IDisposable
{
    public void Dispose() => client.Dispose();

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var problems = new ProblemTable<string>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ITimer timer = time.CreateTimer(_ => deadline.Cancel(), null, client.Settings.Timeout, Timeout.InfiniteTimeSpan);
        using HttpResponseMessage response = await WithinAsync(() => client.GetAsync("application/x-ndjson", null, deadline.Token), cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(deadline.Token);
        using var lines = new LineReader(body, client.Settings.MaximumBytes);
        while (true)
        {
            timer.Change(client.Settings.Timeout, Timeout.InfiniteTimeSpan);
            ReadOnlyMemory<byte> line = await WithinAsync(() => NextAsync(lines, deadline.Token), cancellationToken);
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (line.Span.Trim(" \t\r"u8).IsEmpty)
            {
                continue;
            }
            yield return Read(line.Span, problems);
            if (problems.TakeChange() is { } troubled)
            {
                yield return new RegistryTroubled(troubled.Problems);
            }
        }
    }

    private InstanceEvent Read(ReadOnlySpan<byte> text, ProblemTable<string> problems)
    {
        InstanceLine? line;
        try
        {
            line = JsonSerializer.Deserialize(text, InstanceJson.Default.InstanceLine);
        }
        catch (JsonException error)
        {
            throw new IOException($"the stream of {client.Place} has a line that cannot be read: {error.Message}", error);
        }
        switch (line)
        {
            case { Type: "begin" }:
                return new ReadingBegun();
            case { Type: "complete" }:
                return new ReadingComplete();
            case { Type: "put", Instance: { } written }:
                var found = new List<Problem>();
                Instance? instance = InstanceReader.Read(written, found);
                problems.Set(written.Id, found.ToValueList());
                return new GroupRead(written.Id, instance is null ? [] : [instance]);
            case { Type: "remove", Id: { } id }:
                problems.Set(id, []);
                return new GroupRead(id, []);
            default:
                throw new IOException($"the stream of {client.Place} has a line of type '{line?.Type}': expected begin, put with instance, remove with id, or complete");
        }
    }

    private async Task<ReadOnlyMemory<byte>> NextAsync(LineReader lines, CancellationToken cancellationToken)
    {
        try
        {
            if (await lines.NextAsync(cancellationToken) is { } line)
            {
                return line;
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new IOException($"the stream of {client.Place} broke off: {error.Message}", error);
        }
        throw new IOException($"the stream of {client.Place} ended{(lines.HasRest ? " within a line" : "")}");
    }

    private async Task<T> WithinAsync<T>(Func<Task<T>> wait, CancellationToken cancellationToken)
    {
        try
        {
            return await wait();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"nothing came from {client.Place} for {client.Settings.Timeout.TotalSeconds} s");
        }
    }
}
