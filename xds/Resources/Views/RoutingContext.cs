using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>A snapshot of the catalog, and what follows from its configuration.</summary>
public sealed class RoutingContext
{
    private readonly Dictionary<ServiceId, EffectivePolicy> policies;
    private readonly TrafficPolicy[] declared;
    private readonly Dictionary<(string Cluster, string Name), Namespace> namespaces;

    public RoutingContext(CatalogSnapshot snapshot)
        : this(
            snapshot,
            Topology.Of(snapshot),
            [.. snapshot.Objects<TrafficPolicy>()],
            snapshot.Objects<Namespace>().ToDictionary(ns => (ns.Namespace, ns.Name)),
            [])
    {
    }

    private RoutingContext(
        CatalogSnapshot snapshot, Topology topology, TrafficPolicy[] declared,
        Dictionary<(string Cluster, string Name), Namespace> namespaces, Dictionary<ServiceId, EffectivePolicy> policies)
    {
        Snapshot = snapshot;
        Topology = topology;
        this.declared = declared;
        this.namespaces = namespaces;
        this.policies = policies;
    }

    public CatalogSnapshot Snapshot { get; }

    public Topology Topology { get; }

    /// <summary>The same configuration with other services: nothing of it is computed again.</summary>
    public RoutingContext With(CatalogSnapshot snapshot) => new(snapshot, Topology, declared, namespaces, policies);

    public EffectivePolicy PolicyOf(ServiceId service)
    {
        if (declared.Length == 0)
        {
            return EffectivePolicy.Default;
        }
        if (!policies.TryGetValue(service, out EffectivePolicy? policy))
        {
            policies[service] = policy = EffectivePolicy.Of(service, declared);
        }
        return policy;
    }

    /// <summary>Whether a namespace is there, in the selector's cluster, and has the labels. One that is not known is not selected.</summary>
    public bool Selects(NamespaceSelector selector, string ns) =>
        namespaces.TryGetValue((selector.Cluster, ns), out Namespace? known) && selector.Selects(known);

    public IEnumerable<ServiceRecord> ServicesOf(string mesh) => Snapshot.Services.Values.Where(service => service.Service.Mesh == mesh);
}
