using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>A snapshot of the catalog, and what follows from its configuration.</summary>
public sealed class RoutingContext
{
    private readonly Dictionary<ServiceId, EffectivePolicy> policies;
    private readonly TrafficPolicy[] declared;
    private readonly Dictionary<(string Cluster, string Name), Namespace> namespaces;
    // The same texts for all views: there are many of them.
    private Dictionary<(ServiceId, int, string), string> envoyClusters = [];
    private Dictionary<ServiceId, string[]> nameLists = [];

    public RoutingContext(CatalogSnapshot snapshot, IMeshIdentities? identities = null)
        : this(
            snapshot,
            identities ?? new NoIdentities(),
            Topology.Of(snapshot),
            [.. snapshot.Objects<TrafficPolicy>()],
            snapshot.Objects<Namespace>().ToDictionary(ns => (ns.Namespace, ns.Name)),
            [])
    {
    }

    private RoutingContext(
        CatalogSnapshot snapshot, IMeshIdentities identities, Topology topology, TrafficPolicy[] declared,
        Dictionary<(string Cluster, string Name), Namespace> namespaces, Dictionary<ServiceId, EffectivePolicy> policies)
    {
        Snapshot = snapshot;
        Identities = identities;
        Topology = topology;
        this.declared = declared;
        this.namespaces = namespaces;
        this.policies = policies;
    }

    public CatalogSnapshot Snapshot { get; }

    /// <summary>As they are now: not of the moment of the snapshot.</summary>
    public IMeshIdentities Identities { get; }

    public Topology Topology { get; }

    /// <summary>The same configuration with other services: nothing of it is computed again.</summary>
    public RoutingContext With(CatalogSnapshot snapshot) => new(snapshot, Identities, Topology, declared, namespaces, policies) { Times = Times, Staleness = Staleness, envoyClusters = envoyClusters, nameLists = nameLists };

    /// <summary>The name of the Envoy cluster of a service's port, or of a part of it.</summary>
    internal string NameOf(ServiceId service, int port, string subset)
    {
        if (!envoyClusters.TryGetValue((service, port, subset), out string? name))
        {
            envoyClusters[(service, port, subset)] = name = EnvoyNames.Cluster(service, port, subset);
        }
        return name;
    }

    /// <summary>A list of names of a service's resources: that of an other view, if it is equal.</summary>
    internal string[] Shared(ServiceId service, List<string> names)
    {
        if (!nameLists.TryGetValue(service, out string[]? known) || !known.SequenceEqual(names))
        {
            nameLists[service] = known = [.. names];
        }
        return known;
    }

    /// <summary>Null: time passes without a change.</summary>
    internal ViewTimes? Times { get; init; }

    /// <summary>Null: nothing is ever stale.</summary>
    internal Staleness? Staleness { get; init; }

    /// <summary>Whether any policy says what becomes of stale endpoints.</summary>
    internal bool HasStaleLimits => declared.Any(policy => policy.StaleLimit is not null);

    /// <summary>The clusters whose endpoints of a service count as stale now; null: none. The service is looked at again when there will be more.</summary>
    internal IReadOnlySet<string>? StaleClusters(ServiceId service, EffectivePolicy policy)
    {
        if (policy.StaleLimit is not { } limit || Staleness is null || Times is null)
        {
            return null;
        }
        IReadOnlySet<string>? stale = Staleness.For(TimeSpan.FromSeconds(limit), Times.Now, out TimeSpan? next);
        if (next is { } at)
        {
            Times.Wake(service, at);
        }
        return stale;
    }

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

    /// <summary>The services that callers of a mesh may know: its own, and those of others that are exported to it.</summary>
    public IEnumerable<ServiceRecord> ServicesFor(string mesh) => Snapshot.Services.Values.Where(service => IsFor(service.Service, mesh));

    /// <summary>The other meshes with certificates whose callers may call a service, in the order of their names.</summary>
    public IEnumerable<string> CallersOf(ServiceId service) => CallersOfMesh(service.Mesh).Where(mesh => Topology.IsExported(service, mesh));

    /// <summary>The other meshes with certificates that anything of a mesh is exported to.</summary>
    public IEnumerable<string> CallersOfMesh(string mesh)
    {
        string[] named = [.. Topology.MeshesThatMayCall(mesh)];
        return named.Length == 0 ? [] : Snapshot.Objects<Mesh>().Where(other => other.HasCertificates && other.Name != mesh && (named.Contains(other.Name) || named.Contains(Export.All)))
            .Select(other => other.Name).Order(StringComparer.Ordinal);
    }

    /// <summary>Whether callers of a mesh may know a service.</summary>
    public bool IsFor(ServiceId service, string mesh) => service.Mesh == mesh || Topology.IsExported(service, mesh);

    /// <summary>Whether a caller in a network of a mesh reaches any of a service's endpoints through gateways only, or would if they were there.</summary>
    public bool IsBehindGateways(ServiceRecord service, string mesh, string network) =>
        service.Service.Mesh != mesh
        || (Topology.MeshNamed(mesh) is { HasCertificates: true }
            && (PolicyOf(service.Service).Gateway is not null
                || ServiceShape.Of(service).SidecarClusters.Any(cluster => !Topology.IsLinked(network, Topology.NetworkOf(cluster)))));

    /// <summary>The Gateways that ingress gateways of a mesh are said to serve, in the order of those gateways' names.</summary>
    public IEnumerable<Gateway> PublicGatewaysOf(string mesh) =>
        from gateway in Topology.GatewaysOf(GatewayRole.Ingress, mesh)
        from served in Snapshot.Objects<Gateway>()
        where $"{served.Namespace}/{served.Name}" == gateway.Declared.Serves
        select served;
}
