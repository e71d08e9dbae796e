using System.Globalization;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// All instances that a registry has reported, group by group, and the services that they make. A change of a group costs what its services cost, not
/// what all of them do. Used by one loop.
/// </summary>
internal sealed class InstancePicture(string source, string cluster, SourceMapping mapping)
{
    private readonly InstanceMapper mapper = new(mapping);
    private readonly SortedDictionary<string, Group> groups = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Namespace, string Name), SortedSet<string>> members = [];
    private readonly ReportedParts<(string Namespace, string Name)> reported = new();
    private readonly HashSet<(string Namespace, string Name)> dirty = [];
    private HashSet<string>? unread = [];
    private readonly ProblemTable<(string Kind, string Name)> problems = new();
    private IReadOnlyDictionary<string, Cluster>? declared;
    private bool isRead;

    /// <summary>The objects of all clusters. Where their mesh or locality is another, so are the services.</summary>
    public void SetClusters(IReadOnlyDictionary<string, Cluster> now)
    {
        if (declared is null || now.Count != declared.Count || now.Any(pair => !declared.TryGetValue(pair.Key, out Cluster? known) || known != pair.Value))
        {
            dirty.UnionWith(members.Keys);
        }
        declared = now;
    }

    public void Apply(InstanceEvent happened)
    {
        switch (happened)
        {
            case ReadingBegun:
                unread = [.. groups.Keys];
                isRead = false;
                break;
            case GroupRead { Group: var name, Instances: var instances }:
                unread?.Remove(name);
                Set(name, instances);
                break;
            case ReadingComplete:
                foreach (string gone in unread ?? [])
                {
                    Set(gone, default);
                }
                unread = null;
                isRead = true;
                reported.SayWhole();
                break;
            case RegistryTroubled { Problems: var now }:
                problems.Set(("", ""), now);
                break;
        }
    }

    /// <summary>What is different since the last time. Nothing while a reading is not complete.</summary>
    public IEnumerable<DiscoveryEvent> TakeChanges()
    {
        if (declared is null || !isRead)
        {
            yield break;
        }
        foreach ((string Namespace, string Name) service in dirty)
        {
            reported.Set(service, Make(service));
        }
        dirty.Clear();
        // First, so that a picture that is complete has its problems, too.
        if (problems.TakeChange() is { } troubled)
        {
            yield return troubled;
        }
        foreach (DiscoveryEvent change in reported.Take())
        {
            yield return change;
        }
    }

    private void Set(string name, ValueList<Instance> instances)
    {
        Group? before = groups.GetValueOrDefault(name);
        if (before is not null && before.Instances == instances)
        {
            return;
        }
        foreach ((string, string) service in before?.Services ?? [])
        {
            members[service].Remove(name);
            dirty.Add(service);
        }
        if (instances.IsEmpty)
        {
            groups.Remove(name);
            problems.Set(("Group", name), []);
            return;
        }
        var found = new List<Problem>();
        MappedInstance[] mapped = [.. instances.SelectMany(instance => mapper.Map(instance, found))];
        var group = new Group(instances, mapped, [.. mapped.Select(instance => (instance.Namespace, instance.Service)).Distinct()]);
        groups[name] = group;
        problems.Set(("Group", name), found.ToValueList());
        foreach ((string, string) service in group.Services)
        {
            if (!members.TryGetValue(service, out SortedSet<string>? names))
            {
                members[service] = names = new SortedSet<string>(StringComparer.Ordinal);
            }
            names.Add(name);
            dirty.Add(service);
        }
    }

    // One service for each mesh that its instances' clusters are in.
    private ValueList<ServicePart> Make((string Namespace, string Name) service)
    {
        if (!members.TryGetValue(service, out SortedSet<string>? names) || names.Count == 0)
        {
            members.Remove(service);
            problems.Set(("Service", $"{service.Namespace}/{service.Name}"), []);
            return [];
        }
        MappedInstance[] all =
        [
            .. names.SelectMany(name => groups[name].Mapped).Where(instance => (instance.Namespace, instance.Service) == service)
                .OrderBy(instance => instance.Instance.Id, StringComparer.Ordinal),
        ];
        var found = new List<Problem>();
        ValueList<ServicePart> parts = all.GroupBy(instance => Declared(instance)?.Mesh ?? Cluster.DefaultMesh)
            .Select(mesh => Make(mesh.Key, service, [.. mesh], names, found)).ToValueList();
        found.AddRange(all.Where(instance => Declared(instance) is null).Select(ClusterOf).Distinct()
            .Select(name => new Problem(source, "cluster", $"there is no Cluster {name}: declare it, its mesh, network and locality are not known")));
        problems.Set(("Service", $"{service.Namespace}/{service.Name}"), found.ToValueList());
        return parts;
    }

    private ServicePart Make(string mesh, (string Namespace, string Name) service, MappedInstance[] instances, SortedSet<string> names, List<Problem> found)
    {
        ServicePort[] ports = [.. instances.SelectMany(instance => instance.Ports).Select(port => port.Port).DistinctBy(port => port.Port).OrderBy(port => port.Port)];
        found.AddRange(Conflicts(service, instances, ports));
        return new ServicePart
        {
            Service = new ServiceId(mesh, service.Namespace, service.Name),
            Ports = ports.ToValueList(),
            Endpoints = instances.Select(instance => Endpoint(instance, ports)).DistinctBy(endpoint => (endpoint.Address, endpoint.Ports)).ToValueList(),
            Labels = LabelsOf(instances),
            Origin = $"{string.Join(", ", names.Take(3))} ({source})",
        };
    }

    // What all instances have in common is the service's.
    private static ValueList<Label> LabelsOf(MappedInstance[] instances) => instances[0].Instance.Attributes.All
        .Where(attribute => attribute.Value.Length > 0 && Array.TrueForAll(
            instances, other => other.Instance.Attributes.TryGet(attribute.Key, out string? value) && value == attribute.Value))
        .Select(attribute => new Label(attribute.Key, attribute.Value)).ToValueList();

    private string ClusterOf(MappedInstance mapped) => mapped.Instance.Cluster.Length > 0 ? mapped.Instance.Cluster : cluster;

    private Cluster? Declared(MappedInstance mapped) => declared!.GetValueOrDefault(ClusterOf(mapped));

    private Endpoint Endpoint(MappedInstance mapped, ServicePort[] ports)
    {
        Instance instance = mapped.Instance;
        return new Endpoint
        {
            Address = instance.Address,
            Ports = ports.Select(port => mapped.Ports.FirstOrDefault(own => own.Port.Port == port.Port)?.Target ?? 0).ToValueList(),
            Cluster = ClusterOf(mapped),
            Locality = instance.Locality.Within(Declared(mapped)?.Locality ?? Locality.Unknown),
            Health = instance.Attributes.Setting("drain") == "true" && instance.Health is not Health.Unhealthy ? Health.Draining : instance.Health,
            Weight = mapped.Weight,
            Speaks = mapped.HasSidecar ? Speaks.Mtls : instance.Speaks,
            Api = instance.Api,
            Workload = instance.Id,
            Identity = instance.Attributes.Setting("identity") ?? instance.Identity,
        };
    }

    // Instances of one service that do not agree on what a port speaks.
    private static IEnumerable<Problem> Conflicts((string Namespace, string Name) service, MappedInstance[] instances, ServicePort[] ports) =>
        from instance in instances
        from port in instance.Ports
        let taken = ports.First(other => other.Port == port.Port.Port)
        where taken.Protocol != port.Port.Protocol
        let first = instances.First(other => other.Ports.Any(own => own.Port == taken))
        select new Problem(instance.Instance.Id, "protocol", string.Create(CultureInfo.InvariantCulture,
            $"port {port.Port.Port} of {service.Namespace}/{service.Name} is {port.Port.Protocol} here and {taken.Protocol} of {first.Instance.Id}, which counts: let them agree"));

    private sealed record Group(ValueList<Instance> Instances, MappedInstance[] Mapped, (string, string)[] Services);
}
