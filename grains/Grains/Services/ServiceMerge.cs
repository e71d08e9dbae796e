using System.Collections.Immutable;
using System.Globalization;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Grains.Services;

/// <summary>Makes one service of what several sources say of it. The same parts give the same service, in whatever order they came.</summary>
public static class ServiceMerge
{
    /// <param name="reports">In the order of their sources' names: the first one wins where they do not agree.</param>
    /// <returns>A record without version; deleted if no source has the service.</returns>
    public static ServiceRecord Merge(ServiceId service, IEnumerable<PartReport> reports)
    {
        PartReport[] present = [.. reports.Where(report => report.Part is not null)];
        var ports = new List<ServicePort>();
        var owners = new Dictionary<int, string>();
        var conflicts = new List<string>();
        var endpoints = ImmutableArray.CreateBuilder<Endpoint>(present.Sum(report => report.Part!.Endpoints.Count));
        var addresses = new HashSet<(string Cluster, string Address)>(endpoints.Capacity);
        foreach (PartReport report in present)
        {
            MergePorts(report, ports, owners, conflicts);
        }
        PartReport? external = ExternalName(present, conflicts);
        foreach (PartReport report in present)
        {
            int first = endpoints.Count;
            AddEndpoints(report.Part!, ports, endpoints);
            KeepEachAddressOnce(report.Source, endpoints, first, addresses, conflicts);
        }
        return new ServiceRecord
        {
            Version = default,
            Service = service,
            Deleted = present.Length == 0,
            Ports = ports.ToValueList(),
            Endpoints = new ValueList<Endpoint>(endpoints.DrainToImmutable()),
            Labels = present.SelectMany(report => report.Part!.Labels).DistinctBy(label => label.Name)
                .OrderBy(label => label.Name, StringComparer.Ordinal).ToValueList(),
            Parts = present.Select(report => new PartVersion(report.Source, report.Version, report.Part!.Origin)).ToValueList(),
            Conflicts = conflicts.ToValueList(),
            ExternalName = external?.Part!.ExternalName ?? "",
            IsExported = present.Any(report => report.Part!.IsExported),
            Distribution = present.Select(report => report.Part!.Distribution).FirstOrDefault(distribution => distribution is not null),
        };
    }

    // A name that proxies resolve gives way to endpoints: those are known.
    private static PartReport? ExternalName(PartReport[] present, List<string> conflicts)
    {
        PartReport[] names = [.. present.Where(report => report.Part!.ExternalName.Length > 0)];
        PartReport? first = Array.Find(present, report => report.Part!.ExternalName.Length == 0 && !report.Part.Endpoints.IsEmpty) ?? names.FirstOrDefault();
        foreach (PartReport other in names.Where(report => report.Part!.ExternalName != first!.Part!.ExternalName))
        {
            string what = first!.Part!.ExternalName.Length > 0 ? $"the host name {first.Part.ExternalName}" : "the endpoints";
            conflicts.Add($"{other.Source} says that it is the host name {other.Part!.ExternalName}, which gives way to {what} of {first.Source}");
        }
        return first?.Part!.ExternalName.Length > 0 ? first : null;
    }

    private static void MergePorts(PartReport report, List<ServicePort> ports, Dictionary<int, string> owners, List<string> conflicts)
    {
        foreach (ServicePort port in report.Part!.Ports)
        {
            ServicePort? known = ports.Find(other => other.Port == port.Port);
            if (known is null)
            {
                ports.Add(port);
                owners.Add(port.Port, report.Source);
            }
            else if (known.Protocol != port.Protocol)
            {
                conflicts.Add(string.Create(CultureInfo.InvariantCulture,
                    $"port {port.Port}: {report.Source} says {port.Protocol}, which gives way to {known.Protocol} of {owners[port.Port]}"));
            }
        }
    }

    // Two sources of one cluster may both know an address. In another cluster it may be of another network, where it is somebody else: that is for
    // routing to know.
    private static void KeepEachAddressOnce(
        string source, ImmutableArray<Endpoint>.Builder endpoints, int first, HashSet<(string Cluster, string Address)> addresses, List<string> conflicts)
    {
        HashSet<(string Cluster, string Address, int Place, int Number)>? earlier = null;
        string? repeated = null;
        int kept = first;
        for (int i = first; i < endpoints.Count; i++)
        {
            Endpoint endpoint = endpoints[i];
            if (!addresses.Add((endpoint.Cluster, endpoint.Address)))
            {
                earlier ??= [.. endpoints.Take(kept).SelectMany(Sockets)];
                if (Sockets(endpoint).Any(earlier.Contains))
                {
                    repeated ??= endpoint.Address;
                    endpoint = endpoint with
                    {
                        Ports = endpoint.Ports.Select((number, place) => earlier.Contains((endpoint.Cluster, endpoint.Address, place, number)) ? 0 : number).ToValueList(),
                    };
                }
            }
            earlier?.UnionWith(Sockets(endpoint));
            if (endpoint.Ports.Any(number => number != 0))
            {
                endpoints[kept++] = endpoint;
            }
        }
        endpoints.Count = kept;
        if (repeated is not null)
        {
            conflicts.Add($"{repeated} of {source} is there already, with the same port: the first one counts (and so with others, if there are more)");
        }
    }

    private static IEnumerable<(string Cluster, string Address, int Place, int Number)> Sockets(Endpoint endpoint) =>
        endpoint.Ports.Select((number, place) => (endpoint.Cluster, endpoint.Address, place, number)).Where(socket => socket.number != 0);

    private static void AddEndpoints(ServicePart part, List<ServicePort> ports, ImmutableArray<Endpoint>.Builder endpoints)
    {
        // Nearly always all sources have the same ports in the same order, and the endpoints stay as they are.
        if (part.Ports.Count == ports.Count && part.Ports.Select(port => port.Port).SequenceEqual(ports.Select(port => port.Port)))
        {
            endpoints.AddRange(part.Endpoints.AsSpan());
            return;
        }
        int[] place = [.. ports.Select(port => part.Ports.AsArray().ToList().FindIndex(own => own.Port == port.Port))];
        foreach (Endpoint endpoint in part.Endpoints)
        {
            endpoints.Add(endpoint with
            {
                Ports = place.Select(index => index >= 0 && index < endpoint.Ports.Count ? endpoint.Ports[index] : 0).ToValueList(),
            });
        }
    }
}
