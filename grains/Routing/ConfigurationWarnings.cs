using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>What is valid, and yet not what anybody can have meant.</summary>
public static class ConfigurationWarnings
{
    public static IEnumerable<Problem> Of(CatalogSnapshot snapshot)
    {
        ServiceRecord[] services = [.. snapshot.Services.Values];
        string[] meshes = [.. snapshot.Objects<Cluster>().Select(cluster => cluster.Mesh).Distinct()];
        Topology topology = Topology.Of(snapshot);
        return snapshot.Objects<TrafficPolicy>().SelectMany(policy => Of(policy, services, topology))
            .Concat(snapshot.Objects<Export>().SelectMany(export => Of(export, services, topology, meshes)))
            .Concat(topology.Gateways.SelectMany(gateway => Of(gateway, snapshot, topology)));
    }

    private static IEnumerable<Problem> Of(TrafficPolicy policy, ServiceRecord[] services, Topology topology)
    {
        ServiceRecord[] selected = [.. services.Where(service => policy.Covers(service.Service))];
        if (selected.Length == 0)
        {
            yield return new Problem(WhereOf(policy), policy.Service is null ? "" : "spec.service", $"{policy.Reference} selects no service: nothing of it takes effect");
        }
        foreach ((int index, Subset subset) in policy.Subsets.Index())
        {
            if (selected.Length > 0 && !selected.SelectMany(service => service.Endpoints.AsArray()).Any(subset.Selects))
            {
                yield return new Problem(WhereOf(policy), $"spec.subsets[{index}]", $"no endpoint has the labels of subset {subset.Name}: calls to it are answered 503");
            }
        }
        if (policy.Gateway is { } name && topology.GatewayNamed(name) is { Declared.Role: not GatewayRole.EastWest } other)
        {
            yield return new Problem(WhereOf(policy), "spec.gateway", $"{other.Declared.Reference} is {other.Declared.Role}: only an east-west gateway leads to endpoints, so this demands nothing");
        }
        if (!policy.Failover.IsEmpty || !policy.Distribute.IsEmpty)
        {
            foreach (Problem problem in Places(policy, selected))
            {
                yield return problem;
            }
        }
    }

    // Places that nothing runs in.
    private static IEnumerable<Problem> Places(TrafficPolicy policy, ServiceRecord[] selected)
    {
        Endpoint[] endpoints = [.. selected.SelectMany(service => service.Endpoints.AsArray())];
        if (endpoints.Length == 0)
        {
            yield break;
        }
        bool Runs(string place) => endpoints.Any(endpoint => endpoint.Locality.Region == place || $"{endpoint.Locality.Region}/{endpoint.Locality.Zone}" == place);
        foreach ((int index, FailoverTier tier) in policy.Failover.Index())
        {
            if (!tier.Regions.Concat(tier.Zones).Any(Runs) && !tier.Clusters.Any(cluster => endpoints.Any(endpoint => endpoint.Cluster == cluster)))
            {
                yield return new Problem(WhereOf(policy), $"spec.failover[{index}]", "no endpoint is in any of these places: the tier is empty");
            }
        }
        foreach (DistributionShare share in policy.Distribute.SelectMany(distribution => distribution.To).Where(share => !Runs(share.Place)))
        {
            yield return new Problem(WhereOf(policy), "spec.distribute", $"no endpoint is in {share.Place}: its share goes to the others");
        }
    }

    private static IEnumerable<Problem> Of(Export export, ServiceRecord[] services, Topology topology, string[] meshes)
    {
        if (!services.Any(service => service.Service.Mesh == export.Mesh && service.Service.Namespace == export.Namespace && (export.Service == Export.All || service.Service.Name == export.Service)))
        {
            yield return new Problem(WhereOf(export), "spec.service", $"{export.Reference} names no service of mesh {export.Mesh} that is there");
        }
        if (!topology.GatewaysOf(GatewayRole.Internal, export.Mesh).Any())
        {
            yield return new Problem(WhereOf(export), "", $"mesh {export.Mesh} has no internal gateway: nobody can call what it exports");
        }
        foreach (string mesh in export.ToMeshes.Where(mesh => mesh != Export.All && !meshes.Contains(mesh)))
        {
            yield return new Problem(WhereOf(export), "spec.toMeshes", $"no cluster is in mesh {mesh}: nobody calls from there");
        }
    }

    private static IEnumerable<Problem> Of(TopologyGateway gateway, CatalogSnapshot snapshot, Topology topology)
    {
        RegionGateway declared = gateway.Declared;
        if (declared.Role == GatewayRole.EastWest && snapshot.Objects<Cluster>().All(cluster => cluster.Network != declared.Network || cluster.Mesh != declared.Mesh))
        {
            yield return new Problem(WhereOf(declared), "spec.network", $"no cluster of mesh {declared.Mesh} is in network {declared.Network}: the gateway leads to nothing");
        }
        if (declared.Role is GatewayRole.EastWest or GatewayRole.Internal && topology.MeshNamed(declared.Mesh) is not { HasCertificates: true })
        {
            yield return new Problem(WhereOf(declared), "spec.mesh", $"mesh {declared.Mesh} has no certificates, and gateways pass on mutual TLS only: declare a Mesh with spec.certificates");
        }
        if (declared.Addresses.IsEmpty)
        {
            yield return new Problem(WhereOf(declared), "spec.addresses", "the gateway has no address: nobody can reach it");
        }
    }

    private static string WhereOf(ConfigObject item) => item.Origin.Length > 0 ? item.Origin : item.Reference;
}
