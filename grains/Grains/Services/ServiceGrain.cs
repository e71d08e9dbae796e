using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Grains.Services;

/// <inheritdoc cref="IServiceGrain"/>
/// <remarks>
/// It stores nothing. A new activation asks every source for its part before it takes a call, so that what it publishes is never a part of the
/// truth; until then what was published before stays.
/// </remarks>
[GrainType("service")]
public sealed class ServiceGrain(Epochs epochs, IGrainFactory grains) : Grain, IServiceGrain
{
    private readonly SortedDictionary<string, PartReport> parts = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> loopbackPorts = [];
    private ServiceId service;
    private ServiceRecord? published;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        service = ServiceId.Parse(this.GetPrimaryKeyString());
        ValueList<string> sources = await grains.GetGrain<ISourceDirectoryGrain>(ISourceDirectoryGrain.Key).ListAsync();
        foreach (string source in sources)
        {
            if (await grains.GetGrain<ISourceGrain>(source).GetPartAsync(service) is { } part)
            {
                parts[source] = new PartReport(source, part.Version, part.Part);
            }
        }
    }

    public async Task<bool> ReportAsync(PartReport report)
    {
        if (parts.TryGetValue(report.Source, out PartReport? known))
        {
            if (report.Version < known.Version)
            {
                return published is not null;
            }
            if (report.Version == known.Version && published is not null)
            {
                // It is said again because the shard may have lost it.
                return await PublishAsync(published);
            }
        }
        parts[report.Source] = report;
        published = null;
        ServiceRecord merged = await WithLoopbackPortsAsync(ServiceMerge.Merge(service, parts.Values));
        return await PublishAsync(merged with { Version = await epochs.StampAsync(CancellationToken.None) });
    }

    private async Task<bool> PublishAsync(ServiceRecord record)
    {
        PublishResult result = await grains.GetGrain<ICatalogGrain>(Shards.Of(service)).PublishAsync(record);
        if (!result.Accepted)
        {
            // Another activation has spoken with a higher epoch. This one has no more to say; the next one asks everybody anew.
            await epochs.RaiseAsync(result.Known, CancellationToken.None);
            DeactivateOnIdle();
            return false;
        }
        published = record;
        if (record.Deleted)
        {
            DeactivateOnIdle();
        }
        return true;
    }

    // Asked for once: an allocation never changes.
    private async Task<ServiceRecord> WithLoopbackPortsAsync(ServiceRecord merged)
    {
        if (merged.Ports.All(port => port.Protocol.IsHttp()))
        {
            return merged;
        }
        ServicePort[] wanted = [.. merged.Ports.Where(port => !port.Protocol.IsHttp())];
        if (!wanted.All(port => loopbackPorts.ContainsKey(port.Port) && (port.LoopbackPort == 0 || port.LoopbackPort == loopbackPorts[port.Port])))
        {
            ValueList<int> reserved = await grains.GetGrain<ILoopbackPortGrain>(service.Mesh).ReserveAsync(service, wanted.ToValueList());
            for (int i = 0; i < wanted.Length; i++)
            {
                loopbackPorts[wanted[i].Port] = reserved[i];
            }
        }
        return merged with
        {
            Ports = merged.Ports.Select(port => port.Protocol.IsHttp() ? port : port with { LoopbackPort = loopbackPorts[port.Port] }).ToValueList(),
        };
    }
}
