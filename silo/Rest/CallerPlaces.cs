using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using Endpoint = ControlPlane.Model.Endpoint;

namespace ControlPlane.Silo.Rest;

/// <summary>From where calls can be made: each locality of each cluster, as the cluster says and as its workloads are.</summary>
internal static class CallerPlaces
{
    public static IReadOnlyList<RoutingView> Of(CatalogSnapshot snapshot, Topology topology)
    {
        var places = new HashSet<(string Cluster, Locality Locality)>();
        foreach (Endpoint endpoint in snapshot.Services.Values.SelectMany(service => service.Endpoints.AsArray()))
        {
            places.Add((endpoint.Cluster, endpoint.Locality));
        }
        // One that has no workloads yet may have callers all the same.
        foreach (Cluster cluster in snapshot.Objects<Cluster>())
        {
            if (cluster.Locality.Zone.Length > 0 || places.All(place => place.Cluster != cluster.Name))
            {
                places.Add((cluster.Name, cluster.Locality));
            }
        }
        return [
            .. from place in places
               orderby place.Cluster, place.Locality
               let cluster = topology.Find(place.Cluster)
               where cluster is not null
               select new RoutingView(cluster.Mesh, cluster.Network, place.Locality, cluster.Name) { HasIdentity = topology.MeshNamed(cluster.Mesh) is { HasCertificates: true } }];
    }

    /// <summary>The services that callers of a view may know.</summary>
    public static IEnumerable<ServiceRecord> ServicesFor(RoutingView view, CatalogSnapshot snapshot, Topology topology) =>
        snapshot.Services.Values.Where(service => service.Service.Mesh == view.Mesh || topology.IsExported(service.Service, view.Mesh));

    /// <summary>Written <c>cluster@region/zone</c>.</summary>
    public static string NameOf(RoutingView view) => view.Locality == Locality.Unknown ? view.Cluster : $"{view.Cluster}@{view.Locality}";
}
