using System.Globalization;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest.Graph;

/// <summary>What a picture of the graph shows: calls between clusters, those of all services that go the same way as one line.</summary>
/// <param name="Lines">In the order of their ends.</param>
internal sealed record GraphPicture(IReadOnlyList<GraphLine> Lines)
{
    public static GraphPicture Of(GraphView graph) => new([
        .. from call in graph.Calls
           where call.Share > 0
           let service = graph.Services.FirstOrDefault(service => service.Id == call.Service)
           where service is not null
           from to in service.Places.Where(place => call.Gateways.Count > 0 ? IsBehind(graph, call, place) : place.Locality.ToString() == call.Locality.ToString() && NetworkOf(graph, place.Cluster) is { } network && IsDirect(graph, call.Network, network)).Select(place => place.Cluster).Distinct()
           group call by (From: call.From.Split('@')[0], Via: string.Join('\n', call.Gateways), To: to) into line
           orderby line.Key.From, line.Key.Via, line.Key.To
           select new GraphLine(
               line.Key.From, line.First().Gateways, line.Key.To, line.Max(call => call.Share), line.Min(call => call.RoundTripMs),
               [.. line.Select(call => $"{call.From} to {call.To}: {Number(call.Share)} %, {Number(call.RoundTripMs)} ms").Distinct()])]);

    private static bool IsBehind(GraphView graph, PathView call, GraphPlace place)
    {
        GraphGateway last = graph.Gateways.First(gateway => gateway.Name == call.Gateways[^1]);
        GraphCluster? cluster = graph.Clusters.FirstOrDefault(cluster => cluster.Name == place.Cluster);
        return cluster is not null && (cluster.Network == last.Network || last.Role == Model.Configuration.GatewayRole.Internal);
    }

    private static string? NetworkOf(GraphView graph, string cluster) => graph.Clusters.FirstOrDefault(other => other.Name == cluster)?.Network;

    private static bool IsDirect(GraphView graph, string from, string to) => from == to || graph.Networks.Any(network => network.Name == from && network.Links.Contains(to));

    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}

/// <summary>Calls from one cluster to another, on one way.</summary>
/// <param name="Share">The largest share of any of them, in percent.</param>
/// <param name="RoundTripMs">Of the cheapest.</param>
/// <param name="Calls">What they are, for people.</param>
internal sealed record GraphLine(string From, IReadOnlyList<string> Gateways, string To, double Share, double RoundTripMs, IReadOnlyList<string> Calls);
