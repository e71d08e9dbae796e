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

    public RoutingContext(CatalogSnapshot snapshot)
        : this(
            snapshot,
            new Topology(snapshot.Objects<Cluster>(), snapshot.Objects<Network>()),
            [.. snapshot.Objects<TrafficPolicy>()],
            [])
    {
    }

    private RoutingContext(CatalogSnapshot snapshot, Topology topology, TrafficPolicy[] declared, Dictionary<ServiceId, EffectivePolicy> policies)
    {
        Snapshot = snapshot;
        Topology = topology;
        this.declared = declared;
        this.policies = policies;
    }

    public CatalogSnapshot Snapshot { get; }

    public Topology Topology { get; }

    /// <summary>The same configuration with other services: nothing of it is computed again.</summary>
    public RoutingContext With(CatalogSnapshot snapshot) => new(snapshot, Topology, declared, policies);

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

    public IEnumerable<ServiceRecord> ServicesOf(string mesh) => Snapshot.Services.Values.Where(service => service.Service.Mesh == mesh);
}
