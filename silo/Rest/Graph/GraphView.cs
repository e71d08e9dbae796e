using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Routing;
using ControlPlane.Silo.Rest.Views;
using Endpoint = ControlPlane.Model.Endpoint;

namespace ControlPlane.Silo.Rest.Graph;

/// <summary>The service graph: what runs where, through what it is reached, and how calls go.</summary>
/// <param name="Calls">From each place to each place of each service, as they would go now.</param>
public sealed record GraphView(
    IReadOnlyList<GraphNetwork> Networks, IReadOnlyList<GraphCluster> Clusters, IReadOnlyList<GraphGateway> Gateways, IReadOnlyList<GraphService> Services, IReadOnlyList<PathView> Calls)
{
    internal static GraphView Of(CatalogSnapshot snapshot, GraphFilter filter)
    {
        Topology topology = Topology.Of(snapshot);
        PathView[] calls = [.. PathsApi.All(snapshot, topology, service => filter.Takes(service.Service), view => filter.Takes(view)).Where(filter.Takes)];
        GraphService[] services = [.. snapshot.Services.Values.Where(service => filter.Takes(service.Service)).OrderBy(service => service.Service).Select(service => GraphService.Of(service, snapshot))
            .Where(service => filter.Takes(service, calls))];
        HashSet<string> clusters = [.. services.SelectMany(service => service.Places).Select(place => place.Cluster), .. calls.Select(call => call.From.Split('@')[0])];
        GraphCluster[] shown = [.. snapshot.Objects<Cluster>().Where(cluster => filter.IsEmpty || clusters.Contains(cluster.Name)).OrderBy(cluster => cluster.Name, StringComparer.Ordinal)
            .Select(cluster => GraphCluster.Of(cluster, snapshot))];
        GraphGateway[] gateways = [.. topology.Gateways.Where(gateway => filter.IsEmpty || calls.Any(call => call.Gateways.Contains(gateway.Name)) || filter.Gateway == gateway.Name)
            .Select(gateway => GraphGateway.Of(gateway, snapshot.Reach))];
        HashSet<string> networks = [.. shown.Select(cluster => cluster.Network), .. gateways.Select(gateway => gateway.Network)];
        return new GraphView(
            [.. networks.Order(StringComparer.Ordinal).Select(name => new GraphNetwork(
                name, [.. snapshot.Objects<Network>().Where(network => network.Name == name).SelectMany(network => network.Links)]))],
            shown, gateways, services, calls);
    }
}

/// <summary>A set of addresses that reach each other.</summary>
/// <param name="Links">Networks that are directly routable from it.</param>
public sealed record GraphNetwork(string Name, IReadOnlyList<string> Links);

/// <param name="State">The worst of the sources that report it; null: none does.</param>
/// <param name="StaleSince">Since when; null: it is live.</param>
public sealed record GraphCluster(string Name, string Mesh, string Network, LocalityView Locality, string? Platform, SourceState? State, DateTimeOffset? StaleSince, string? Reason)
{
    public static GraphCluster Of(Cluster cluster, CatalogSnapshot snapshot)
    {
        SourceRecord[] sources = [.. snapshot.Sources.Values.Where(source => source.Clusters.Any(share => share.Cluster == cluster.Name)).OrderBy(source => source.Source, StringComparer.Ordinal)];
        SourceRecord? stale = sources.Where(source => source.State != SourceState.Live).MinBy(source => source.Since);
        return new GraphCluster(
            cluster.Name, cluster.Mesh, cluster.Network, LocalityView.Of(cluster.Locality), cluster.Platform.Length == 0 ? null : cluster.Platform,
            sources.Length == 0 ? null : stale?.State ?? SourceState.Live, stale?.Since, stale?.Reason is { Length: > 0 } reason ? reason : null);
    }
}

/// <param name="Withdrawn">From which networks it fails its probes, with the reason.</param>
public sealed record GraphGateway(
    string Name, GatewayRole Role, string Mesh, string Network, LocalityView Locality, IReadOnlyList<string> Addresses, IReadOnlyDictionary<string, string> Withdrawn)
{
    public static GraphGateway Of(TopologyGateway gateway, ReachRecord? reach) => new(
        gateway.Name, gateway.Declared.Role, gateway.Declared.Mesh, gateway.Network, LocalityView.Of(gateway.Locality),
        [.. gateway.Declared.Addresses.Select(address => $"{address.Host}:{address.Port}")],
        (reach?.Withdrawn ?? []).Where(item => item.Gateway == gateway.Name).GroupBy(item => item.Network).ToDictionary(network => network.Key, network => network.First().Reason));
}

/// <param name="IsStale">Whether a source that it comes from is not live.</param>
public sealed record GraphService(string Id, string Mesh, string Namespace, string Name, string Version, IReadOnlyList<PortView> Ports, IReadOnlyList<GraphPlace> Places, bool IsStale)
{
    public static GraphService Of(ServiceRecord service, CatalogSnapshot snapshot) => new(
        service.Service.ToString(), service.Service.Mesh, service.Service.Namespace, service.Service.Name, service.Version.ToString(), ServiceView.Of(service).Ports,
        [.. service.Endpoints.Where(endpoint => endpoint.Declared).GroupBy(endpoint => (endpoint.Cluster, endpoint.Locality)).OrderBy(place => place.Key.Cluster, StringComparer.Ordinal)
            .ThenBy(place => place.Key.Locality).Select(place => GraphPlace.Of(place.Key.Cluster, place.Key.Locality, [.. place]))],
        service.Parts.Any(part => snapshot.Sources.GetValueOrDefault(part.Source) is { State: not SourceState.Live }));
}

/// <summary>Where a service runs.</summary>
/// <param name="Healthy">Of <paramref name="Declared"/> endpoints.</param>
public sealed record GraphPlace(string Cluster, LocalityView Locality, int Healthy, int Declared)
{
    public static GraphPlace Of(string cluster, Locality locality, Endpoint[] endpoints)
    {
        TierSize size = TierSize.Of(endpoints, drainingServes: false);
        return new GraphPlace(cluster, LocalityView.Of(locality), size.Healthy, size.Declared);
    }
}
