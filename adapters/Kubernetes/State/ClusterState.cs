using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Translation;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes.State;

/// <summary>All that is known of a Kubernetes cluster's services, and what of it has yet to be reported. Used by one loop.</summary>
internal sealed class ClusterState : IWorkloads
{
    private static readonly Locality Nowhere = Locality.Unknown;

    private readonly Dictionary<NamespacedName, ServiceObject> services = [];
    private readonly Dictionary<NamespacedName, PodFacts> pods = [];
    private readonly HashSet<NamespacedName> gonePods = [];
    private readonly Dictionary<string, Locality> nodes = [];
    private readonly Dictionary<Locality, Locality> localities = [];
    private readonly LabelPool labels = new();
    private readonly ServiceIndex slices = new();
    private readonly HashSet<NamespacedName> dirty = [];
    private readonly ReportedParts<NamespacedName> reported = new();
    private readonly ClusterSetState clusterSet;
    private Cluster cluster;

    public ClusterState(Cluster cluster)
    {
        this.cluster = cluster;
        clusterSet = new ClusterSetState(dirty);
    }

    public ProblemTable<(string Kind, NamespacedName Name)> Problems { get; } = new();

    /// <summary>Another mesh or locality of the cluster is another of each service.</summary>
    public void SetCluster(Cluster now)
    {
        if (now != cluster)
        {
            cluster = now;
            dirty.UnionWith(services.Keys);
            dirty.UnionWith(clusterSet.Imports.Keys);
        }
    }

    /// <param name="ns">The namespace that was listed; null: all.</param>
    public void Apply(ResourceEvent<ServiceObject> happened, string? ns) => ApplyTo(happened, ns, services.Keys, (name, service) =>
    {
        dirty.Add(name);
        if (service is null)
        {
            services.Remove(name);
            return;
        }
        // Annotations are by far the largest part of it.
        services[name] = service with { Metadata = new ObjectMeta { Name = name.Name, Namespace = name.Namespace, Labels = service.Metadata.Labels } };
    });

    /// <param name="ns">The namespace that was listed; null: all.</param>
    public void Apply(ResourceEvent<ServiceExportObject> happened, string? ns) => clusterSet.Apply(happened, ns, services.Keys);

    /// <param name="ns">The namespace that was listed; null: all.</param>
    public void Apply(ResourceEvent<ServiceImportObject> happened, string? ns) => clusterSet.Apply(happened, ns);

    public void Apply(ResourceEvent<EndpointSliceObject> happened, string? ns) => ApplyTo(happened, ns, slices.Names, (name, slice) =>
    {
        var left = new List<NamespacedName>();
        slices.Set(name, slice is null ? null : SliceFacts.Of(slice), dirty, left);
        foreach (NamespacedName pod in left.Where(gonePods.Remove))
        {
            pods.Remove(pod);
        }
        Problems.Set(("EndpointSlice", name), slice?.AddressType == "FQDN"
            ? [new Problem($"EndpointSlice {name}", "addressType", AddressFamilies.FqdnProblem)]
            : []);
    });

    public void Apply(ResourceEvent<PodObject> happened, string? ns) => happened.ApplyTo(ns, pods.Keys, (name, pod) =>
    {
        if (pod is null)
        {
            Problems.Set(("Pod", name), []);
            // While a slice still names it, what it was counts: else its endpoint would turn into another one just before it goes.
            if (slices.HasPod(name))
            {
                gonePods.Add(name);
            }
            else
            {
                pods.Remove(name);
            }
            return;
        }
        gonePods.Remove(name);
        PodFacts facts = PodFacts.Of(pod);
        if (pods.GetValueOrDefault(name) != facts)
        {
            pods[name] = facts with { Labels = labels.Share(facts.Labels, pods.Count) };
            dirty.UnionWith(slices.OfPod(name));
            Problems.Set(("Pod", name), facts.Problem is { } problem
                ? [new Problem($"Pod {name}", $"metadata.annotations[{PodFacts.InboundAnnotation}]", problem)]
                : []);
        }
    });

    public void Apply(ResourceEvent<NodeObject> happened) => happened.ApplyTo(null, nodes.Keys.Select(name => new NamespacedName("", name)), (name, node) =>
    {
        if (node is null)
        {
            // Its pods keep their place until they are gone, too.
            if (!OnNode(name.Name).Any())
            {
                nodes.Remove(name.Name);
            }
            return;
        }
        var place = Share(new Locality(
            node.Metadata.Labels?.GetValueOrDefault(NodeObject.RegionLabel) ?? "",
            node.Metadata.Labels?.GetValueOrDefault(NodeObject.ZoneLabel) ?? ""));
        if (nodes.GetValueOrDefault(name.Name) != place)
        {
            nodes[name.Name] = place;
            dirty.UnionWith(OnNode(name.Name));
        }
    });

    /// <summary>What is different since the last time; after a list everything, as a full reading.</summary>
    public IReadOnlyList<DiscoveryEvent> TakeChanges()
    {
        var translator = new ServiceTranslator(cluster, this);
        foreach (NamespacedName name in dirty)
        {
            reported.Set(name, Translate(name, translator) is { } part ? [part] : []);
        }
        dirty.Clear();
        return reported.Take();
    }

    private ServicePart? Translate(NamespacedName name, ServiceTranslator translator) =>
        services.TryGetValue(name, out ServiceObject? service)
            ? translator.Translate(service, slices.OfService(name), clusterSet.IsLocal(name)) is { } part ? part with { IsExported = clusterSet.IsShared(name) } : null
        : clusterSet.Imports.TryGetValue(name, out ServiceImportObject? import) ? translator.Translate(import)
        : null;

    public PodFacts? Pod(NamespacedName name) => pods.GetValueOrDefault(name);

    public Locality Node(string name) => nodes.GetValueOrDefault(name, Nowhere);

    public Locality Share(Locality locality)
    {
        if (!localities.TryGetValue(locality, out Locality? shared))
        {
            localities.Add(locality, shared = locality);
        }
        return shared;
    }

    private void ApplyTo<T>(ResourceEvent<T> happened, string? ns, IEnumerable<NamespacedName> known, Action<NamespacedName, T?> set)
        where T : class, IKubernetesObject
    {
        if (happened is Listed<T>)
        {
            reported.SayWhole();
        }
        happened.ApplyTo(ns, known, set);
    }

    /// <summary>Services with an endpoint on a node.</summary>
    private IEnumerable<NamespacedName> OnNode(string node) =>
        slices.Services.Where(service => slices.OfService(service).Any(slice => slice.Endpoints.Any(endpoint => endpoint.Node == node)));
}
