using System.Collections.Frozen;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>All objects of some files, checked against each other. Whoever finds problems in it keeps what was in force before.</summary>
public sealed class ConfigurationSet
{
    private readonly Dictionary<ServiceDeclaration, ServicePart> resolved = [];
    private readonly HashSet<DecodedObject> members = new(ReferenceEqualityComparer.Instance);
    private HashSet<ObjectKey> keys = [];
    private FrozenDictionary<string, Cluster> clusters = FrozenDictionary<string, Cluster>.Empty;

    private ConfigurationSet()
    {
    }

    /// <summary>In the order of their references.</summary>
    public ValueList<ConfigObject> Objects { get; private set; }

    public IReadOnlyCollection<ServicePart> Services { get; private set; } = [];

    public ValueList<Problem> Problems { get; private set; }

    /// <param name="earlier">What of it is still the same is taken over, so that one change among thousands of files is cheap.</param>
    public static ConfigurationSet Build(IEnumerable<DecodedFile> files, ConfigurationSet? earlier = null)
    {
        DecodedFile[] all = [.. files];
        DecodedObject[] objects = [.. all.SelectMany(file => file.Objects)];
        var problems = new List<Problem>();
        problems.AddRange(all.SelectMany(file => file.Problems));
        problems.AddRange(objects.SelectMany(item => item.Problems));
        Dictionary<ObjectKey, DecodedObject> declared = Declare(objects, problems);
        bool isKnown = earlier is { Problems.IsEmpty: true } && earlier.keys.SetEquals(declared.Keys);
        var references = new ReferenceCheck(declared);
        // Whether a mesh is there depends on what clusters say, not only on which objects there are.
        problems.AddRange(objects.Where(item => !isKnown || item.Config is RegionGateway or Export || !earlier!.members.Contains(item)).SelectMany(references.Check));
        problems.AddRange(new MutualCheck(objects).Check());
        var meshes = new MeshOfExports(objects.Select(item => item.Config).OfType<ConfigObject>());
        var set = new ConfigurationSet
        {
            keys = [.. declared.Keys],
            Objects = objects.Where(item => item.Config is not null).Select(item => meshes.Complete(item, item.Config!, problems))
                .OrderBy(item => item.Reference, StringComparer.Ordinal).ToValueList(),
            clusters = declared.Values.Select(item => item.Config).OfType<Cluster>()
                .ToFrozenDictionary(cluster => cluster.Name, StringComparer.Ordinal),
        };
        set.members.UnionWith(objects);
        set.Services = set.Resolve(objects, problems, earlier);
        set.Problems = problems.ToValueList();
        return set;
    }

    private static Dictionary<ObjectKey, DecodedObject> Declare(IEnumerable<DecodedObject> objects, List<Problem> problems)
    {
        var declared = new Dictionary<ObjectKey, DecodedObject>();
        // Services are told apart by their mesh, too, which is not known yet.
        foreach (DecodedObject item in objects.Where(item => item.Key.Name is { Length: > 0 } && item.Key.Kind != ObjectKind.Service))
        {
            if (!declared.TryAdd(item.Key, item))
            {
                problems.Add(new Problem(item.Where, "", $"{item.Key} is there twice, also at {declared[item.Key].Where}: remove or rename one"));
            }
        }
        return declared;
    }

    private ServicePart[] Resolve(IEnumerable<DecodedObject> objects, List<Problem> problems, ConfigurationSet? earlier)
    {
        Dictionary<ServiceDeclaration, ServicePart>? known = earlier is not null && SameClusters(earlier) ? earlier.resolved : null;
        var places = new Dictionary<ServiceId, string>();
        var loopbackPorts = new Dictionary<(string Mesh, int Port), string>();
        foreach (DecodedObject item in objects)
        {
            if (item.Service is not { } declaration)
            {
                continue;
            }
            ServicePart? part = known?.GetValueOrDefault(declaration) ?? ServiceResolver.Resolve(declaration, clusters, problems);
            if (part is null)
            {
                continue;
            }
            if (places.TryAdd(part.Service, item.Where))
            {
                resolved.Add(declaration, part);
                problems.AddRange(
                    from port in part.Ports.Index()
                    where port.Item.LoopbackPort > 0 && !loopbackPorts.TryAdd((part.Service.Mesh, port.Item.LoopbackPort), item.Where)
                    select new Problem(
                        item.Where, $"spec.ports[{port.Index}].loopbackPort",
                        $"{port.Item.LoopbackPort} is also that of {loopbackPorts[(part.Service.Mesh, port.Item.LoopbackPort)]}: choose another, sidecars listen there"));
            }
            else
            {
                problems.Add(new Problem(item.Where, "", $"{item.Key} is there twice in mesh {part.Service.Mesh}, also at {places[part.Service]}: remove or rename one"));
            }
        }
        return [.. resolved.Values];
    }

    private bool SameClusters(ConfigurationSet other) =>
        clusters.Count == other.clusters.Count
        && clusters.All(pair => other.clusters.TryGetValue(pair.Key, out Cluster? cluster) && cluster == pair.Value);
}
