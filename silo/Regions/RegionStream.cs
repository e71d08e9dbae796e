using System.Text.Json;
using ControlPlane.Adapters.Regions;
using ControlPlane.Adapters.Regions.Wire;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Silo.Regions;

/// <summary>
/// One link, as the author sees it: what the other region has is compared with what is here, and what differs is sent; then each change. Nothing is said
/// to be gone, and no objects are sent, before all of this region's own sources have been heard.
/// </summary>
internal sealed class RegionStream(string peer, RegionFeed feed, RegionSourceType links, RegionMetrics metrics, TimeProvider time)
{
    private static readonly TimeSpan Heartbeat = RegionProtocol.Silence / 3;
    private static readonly byte[] End = "\n"u8.ToArray();
    private readonly Dictionary<ServiceId, string> sent = [];
    private readonly HashSet<ServiceId> gone = [];
    private ValueList<ConfigObject>? objects;
    private ValueList<Problem>? problems;
    private RegionSettings? settings;
    private bool isComplete;

    /// <summary>Writes until the other region goes, this process ends, or the link is no longer declared.</summary>
    public async Task RunAsync(Stream body, long generation, RegionHello hello, CancellationToken cancellationToken)
    {
        foreach ((string name, string version) in hello.Have)
        {
            if (ServiceId.TryParse(name, out ServiceId service))
            {
                sent[service] = version;
                gone.Add(service);
            }
        }
        await WriteAsync(body, new RegionLine { Generation = generation }, cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            (CatalogSnapshot snapshot, IReadOnlyCollection<ServiceId> changed, Task next) = feed.Take();
            if (!await WriteChangesAsync(body, snapshot, changed, cancellationToken))
            {
                return;
            }
            await body.FlushAsync(cancellationToken);
            while (await Task.WhenAny(next, Task.Delay(Heartbeat, time, cancellationToken)) != next && !cancellationToken.IsCancellationRequested)
            {
                await body.WriteAsync(End, cancellationToken);
                await body.FlushAsync(cancellationToken);
            }
        }
    }

    /// <summary>The link to a region, as this region has declared it; null: it has not.</summary>
    public static RegionSettings? LinkTo(string region, CatalogSnapshot snapshot, RegionSourceType links) =>
        snapshot.Objects<Source>().FirstOrDefault(source => source.Type == RegionSources.Type && source.Name == region) is { } declared ? links.SettingsOf(declared) : null;

    private async Task<bool> WriteChangesAsync(Stream body, CatalogSnapshot snapshot, IReadOnlyCollection<ServiceId> changed, CancellationToken cancellationToken)
    {
        if (LinkTo(peer, snapshot, links) is not { } now)
        {
            return false;
        }
        IEnumerable<ServiceId> concerned = settings is null || settings.Exports == now.Exports ? changed : snapshot.Services.Keys.Concat(sent.Keys);
        settings = now;
        foreach (ServiceId service in concerned.ToArray())
        {
            await WriteServiceAsync(body, service, snapshot, cancellationToken);
        }
        if (!snapshot.IsOwnComplete)
        {
            return true;
        }
        foreach (ServiceId service in gone)
        {
            sent.Remove(service);
            await WriteAsync(body, new RegionLine { Removed = service.ToString() }, cancellationToken);
        }
        gone.Clear();
        var line = new RegionLine
        {
            Objects = OwnParts.Objects(snapshot) is var nowObjects && nowObjects != objects ? [.. nowObjects] : null,
            Problems = OwnParts.Problems(snapshot) is var nowProblems && nowProblems != problems ? [.. nowProblems] : null,
            IsComplete = !isComplete,
        };
        (objects, problems, isComplete) = (nowObjects, nowProblems, true);
        if (line is not { Objects: null, Problems: null, IsComplete: false })
        {
            await WriteAsync(body, line, cancellationToken);
        }
        return true;
    }

    private async Task WriteServiceAsync(Stream body, ServiceId service, CatalogSnapshot snapshot, CancellationToken cancellationToken)
    {
        ServicePart? part = settings!.MayHave(service) && snapshot.Services.TryGetValue(service, out ServiceRecord? record) ? OwnParts.Of(record) : null;
        if (part is null)
        {
            if (sent.ContainsKey(service))
            {
                gone.Add(service);
            }
            return;
        }
        gone.Remove(service);
        string version = RegionJson.VersionOf(part);
        if (sent.GetValueOrDefault(service) != version)
        {
            sent[service] = version;
            await WriteAsync(body, new RegionLine { Service = part, Version = version }, cancellationToken);
        }
    }

    private async Task WriteAsync(Stream body, RegionLine line, CancellationToken cancellationToken)
    {
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(line, RegionJson.Default.RegionLine);
        await body.WriteAsync(text, cancellationToken);
        await body.WriteAsync(End, cancellationToken);
        metrics.Sent(peer, text.Length + End.Length, line.Service is not null || line.Removed is not null);
    }
}
