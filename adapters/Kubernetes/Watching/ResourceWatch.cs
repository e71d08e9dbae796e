using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.Kubernetes.Client;
using ControlPlane.Adapters.Kubernetes.Objects;

namespace ControlPlane.Adapters.Kubernetes.Watching;

/// <summary>
/// Lists the objects of one kind, then follows their changes; lists them anew when the server no longer knows where the watch was.
/// See https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes.
/// </summary>
internal sealed class ResourceWatch<T>(
    KubernetesClient client, ResourcePath resource, JsonTypeInfo<ListPage<T>> pageType, JsonTypeInfo<WatchEvent<T>> eventType,
    KubernetesTimes times, TimeProvider time)
    where T : class, IKubernetesObject
{
    private const int MaximumIdle = 10;
    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    /// <summary>Runs until it fails or is cancelled.</summary>
    /// <param name="isOptional">Whether the kind may not be there yet: then there are no objects, and it is looked for again.</param>
    /// <param name="emit">Is awaited before reading goes on.</param>
    /// <exception cref="KubernetesException">The server cannot be reached, or refuses.</exception>
    public async Task RunAsync(bool isOptional, Func<ResourceEvent<T>, ValueTask> emit, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                (List<T> items, string version) = await ListAsync(cancellationToken);
                await emit(new Listed<T>(items));
                await WatchAsync(version, emit, cancellationToken);
            }
            catch (KubernetesException error) when (error.Status == HttpStatusCode.NotFound && isOptional)
            {
                await emit(new Listed<T>([], IsServed: false));
                await Task.Delay(times.Rediscover, time, cancellationToken);
            }
        }
    }

    private async Task<(List<T> Items, string Version)> ListAsync(CancellationToken cancellationToken)
    {
        var items = new List<T>();
        string? next = null;
        int restarts = 0;
        while (true)
        {
            ListPage<T> page;
            try
            {
                page = await PageAsync(next, cancellationToken);
            }
            catch (KubernetesException error) when (error.Status == HttpStatusCode.Gone && restarts++ < 5)
            {
                // The list that this was a page of is too old to go on with.
                items.Clear();
                next = null;
                continue;
            }
            items.AddRange(page.Items ?? []);
            if (string.IsNullOrEmpty(page.Metadata.Continue))
            {
                return (items, page.Metadata.ResourceVersion);
            }
            next = page.Metadata.Continue;
        }
    }

    // Each page has its own time: a long list that comes on is not a slow one.
    private async Task<ListPage<T>> PageAsync(string? next, CancellationToken cancellationToken)
    {
        string query = string.Create(CultureInfo.InvariantCulture, $"{resource.Path}?limit={times.PageSize}{resource.Selector}")
            + (next is null ? "" : $"&continue={Uri.EscapeDataString(next)}");
        using var deadline = new Deadline(times.Request, time, cancellationToken);
        try
        {
            using HttpResponseMessage response = await client.GetAsync(query, deadline.Token);
            await using Stream body = await response.Content.ReadAsStreamAsync(deadline.Token);
            return await JsonSerializer.DeserializeAsync(body, pageType, deadline.Token)
                ?? throw new KubernetesException($"the list of {resource} is empty");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KubernetesException($"no list of {resource} came within {times.Request.TotalSeconds} s");
        }
        catch (JsonException error)
        {
            throw new KubernetesException($"the list of {resource} cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            throw new KubernetesException($"the list of {resource} broke off: {error.Message}", error);
        }
    }

    /// <summary>Watches from a version on, again and again, until the server no longer knows it.</summary>
    private async Task WatchAsync(string version, Func<ResourceEvent<T>, ValueTask> emit, CancellationToken cancellationToken)
    {
        string? from = version;
        // Watches that end at once, in a row. A server, or what stands before it, that answers so many of them with nothing is asked for a list,
        // which it cannot answer so.
        int idle = 0;
        while (from is not null && idle < MaximumIdle)
        {
            long begun = time.GetTimestamp();
            string before = from;
            from = await WatchOnceAsync(from, emit, cancellationToken);
            if (from == before && time.GetElapsedTime(begun) < ShortWatch)
            {
                idle++;
                await Task.Delay(times.BackOff * idle, time, cancellationToken);
            }
            else
            {
                idle = 0;
            }
        }
    }

    /// <returns>The version to go on from; null: it is too old, list anew.</returns>
    private async Task<string?> WatchOnceAsync(string version, Func<ResourceEvent<T>, ValueTask> emit, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(times.Request, time, cancellationToken);
        bool isOpen = false;
        try
        {
            using HttpResponseMessage response = await client.GetAsync(Query(version), deadline.Token);
            isOpen = true;
            await using Stream body = await response.Content.ReadAsStreamAsync(deadline.Token);
            using var lines = new LineReader(body);
            while (true)
            {
                deadline.Restart(times.Idle);
                if (await lines.NextAsync(deadline.Token) is not { } line)
                {
                    // The server ends a watch between two lines. What ends within one may be no watch at all: a list shows it.
                    return lines.HasRest ? null : version;
                }
                deadline.Restart(Timeout.InfiniteTimeSpan);
                WatchEvent<T>? change = Read(line.Span);
                if (change is null)
                {
                    return null;
                }
                version = change.Item?.Metadata.ResourceVersion ?? version;
                if (change.Item is { } item && change.Type is not "BOOKMARK")
                {
                    await emit(change.Type == "DELETED" ? new Deleted<T>(item) : new Changed<T>(item));
                }
            }
        }
        catch (KubernetesException error) when (error.Status == HttpStatusCode.Gone)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing has come for too long: the connection may be dead. If the server is, the next request says so.
            return isOpen ? version : throw new KubernetesException($"no watch of {resource} was answered within {times.Request.TotalSeconds} s");
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return version;
        }
    }

    /// <summary>Null: the version is too old.</summary>
    private WatchEvent<T>? Read(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"type\":\"ERROR\""u8))
        {
            StatusObject? status = JsonSerializer.Deserialize(line, KubernetesJson.Default.WatchEventStatusObject)?.Item;
            return status is { Code: 410 } or { Reason: "Expired" or "Gone" }
                ? null
                : throw new KubernetesException($"the watch of {resource} failed: {status?.Message ?? "no reason given"}");
        }
        try
        {
            return JsonSerializer.Deserialize(line, eventType) ?? throw new KubernetesException($"the watch of {resource} has an empty line");
        }
        catch (JsonException error)
        {
            throw new KubernetesException($"the watch of {resource} has a line that cannot be read: {error.Message}", error);
        }
    }

    private string Query(string version)
    {
        int seconds = (int)Math.Ceiling(times.Watch.TotalSeconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{resource.Path}?watch=1&allowWatchBookmarks=true&resourceVersion={version}&timeoutSeconds={RandomNumberGenerator.GetInt32(seconds, (2 * seconds) + 1)}{resource.Selector}");
    }
}
