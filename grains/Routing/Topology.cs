using System.Collections.Frozen;
using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>Where things are, what reaches what, and what it costs.</summary>
public sealed class Topology
{
    private readonly FrozenDictionary<string, Cluster> clusters;
    private readonly FrozenDictionary<string, Mesh> meshes;
    private readonly FrozenSet<(string, string)> links;
    private readonly ImmutableArray<Export> exports;
    private readonly CostTable costs;

    /// <param name="objects">Of the configuration: those of other kinds are of no account.</param>
    /// <param name="reach">What is probed, resolved and measured; null: nothing.</param>
    public Topology(IEnumerable<ConfigObject> objects, ReachRecord? reach = null)
    {
        ILookup<Type, ConfigObject> byKind = objects.OrderBy(item => item.Reference, StringComparer.Ordinal).ToLookup(item => item.GetType());
        clusters = byKind[typeof(Cluster)].Cast<Cluster>().ToFrozenDictionary(cluster => cluster.Name, StringComparer.Ordinal);
        meshes = byKind[typeof(Mesh)].Cast<Mesh>().ToFrozenDictionary(mesh => mesh.Name, StringComparer.Ordinal);
        links = byKind[typeof(Network)].Cast<Network>().SelectMany(network => network.Links.Select(to => (network.Name, to))).ToFrozenSet();
        exports = [.. byKind[typeof(Export)].Cast<Export>()];
        Gateways = [.. byKind[typeof(RegionGateway)].Cast<RegionGateway>().Select(gateway => new TopologyGateway(gateway, reach))];
        costs = new CostTable(byKind[typeof(CostMatrix)].Cast<CostMatrix>().SelectMany(matrix => matrix.Pairs), reach?.Measured ?? []);
    }

    /// <summary>In the order of their names.</summary>
    public ImmutableArray<TopologyGateway> Gateways { get; }

    public static Topology Of(CatalogSnapshot snapshot) => new(snapshot.Objects<ConfigObject>(), snapshot.Reach);

    public Cluster? Find(string cluster) => clusters.GetValueOrDefault(cluster);

    /// <summary>Null: nobody has declared it, and it has no certificates.</summary>
    public Mesh? MeshNamed(string name) => meshes.GetValueOrDefault(name);

    public TopologyGateway? GatewayNamed(string name) => Gateways.FirstOrDefault(gateway => gateway.Name == name);

    /// <summary>The gateways of a kind and mesh, in the order of their names.</summary>
    public IEnumerable<TopologyGateway> GatewaysOf(GatewayRole role, string mesh) =>
        Gateways.Where(gateway => gateway.Declared.Role == role && gateway.Declared.Mesh == mesh);

    /// <summary>The network of a cluster. One that nobody has declared is in the default network.</summary>
    public string NetworkOf(string cluster) => Find(cluster)?.Network ?? Cluster.DefaultNetwork;

    /// <summary>Whether addresses of the second network are directly routable from the first.</summary>
    public bool IsLinked(string from, string to) => from == to || links.Contains((from, to));

    /// <summary>Whether callers of a mesh may call a service of another.</summary>
    public bool IsExported(ServiceId service, string mesh) => exports.Any(export => export.Covers(service, mesh));

    /// <summary>The meshes that anything of a mesh is exported to; <see cref="Export.All"/> among them: to all.</summary>
    public IEnumerable<string> MeshesThatMayCall(string mesh) =>
        exports.Where(export => export.Mesh == mesh).SelectMany(export => export.ToMeshes).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Whether places of one region may cost differently.</summary>
    internal bool HasCosts => !costs.IsDefault;

    /// <summary>What a call from one locality to another costs.</summary>
    public Cost CostBetween(Locality from, Locality to) => costs.Between(from, to);

    /// <summary>What a call from a locality to the last of some gateways costs, with what each of them adds.</summary>
    internal Cost CostOver(Locality from, IEnumerable<TopologyGateway> hops)
    {
        Cost cost = default;
        foreach (TopologyGateway hop in hops)
        {
            cost += CostBetween(from, hop.Locality) + Cost.Hop;
            from = hop.Locality;
        }
        return cost;
    }
}
