using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Silo.Regions;

/// <summary>What this region is itself the author of: what it has learnt from others it does not pass on.</summary>
internal static class OwnParts
{
    /// <summary>This region's part in a service; null: it has none.</summary>
    public static ServicePart? Of(ServiceRecord record)
    {
        string[] origins = [.. record.Parts.Where(part => !RegionSources.IsRegion(part.Source)).Select(part => part.Origin)];
        // A name that proxies resolve means something else in each place.
        if (record.Deleted || origins.Length == 0 || record.ExternalName.Length > 0)
        {
            return null;
        }
        Model.Endpoint[] own = [.. record.Endpoints.Where(endpoint => endpoint is { Region.Length: 0, IsLocal: false })];
        bool isOursAlone = origins.Length == record.Parts.Count;
        int[] served = [.. Enumerable.Range(0, record.Ports.Count).Where(place => isOursAlone || own.Any(endpoint => endpoint.Ports[place] != 0))];
        return new ServicePart
        {
            Service = record.Service,
            // Each region gives out loopback ports of its own.
            Ports = served.Select(place => record.Ports[place] with { LoopbackPort = 0 }).ToValueList(),
            Endpoints = own.Select(endpoint => served.Length == record.Ports.Count ? endpoint : endpoint with { Ports = served.Select(place => endpoint.Ports[place]).ToValueList() })
                .ToValueList(),
            Labels = record.Labels,
            Origin = string.Join(", ", origins),
            IsExported = record.IsExported,
            Distribution = record.Distribution,
        };
    }

    /// <summary>What others need to know in order to reach this region's endpoints.</summary>
    public static ValueList<ConfigObject> Objects(CatalogSnapshot snapshot) =>
        (snapshot.Configuration?.Objects ?? []).Where(item => item.Region.Length == 0 && RegionSources.AreTold(item)).ToValueList();

    /// <summary>What is wrong with this region's own sources.</summary>
    public static ValueList<Problem> Problems(CatalogSnapshot snapshot) => snapshot.Sources.Values
        .Where(source => !RegionSources.IsRegion(source.Source) && source.State != SourceState.Live)
        .OrderBy(source => source.Source, StringComparer.Ordinal)
        .Select(source => new Problem($"source {source.Source}", "", source.Reason.Length == 0 ? $"is {source.State}" : $"is {source.State}: {source.Reason}")).ToValueList();
}
