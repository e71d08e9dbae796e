using System.Text;
using ControlPlane.Model.Sources;

namespace ControlPlane.Silo.Rest.Graph;

/// <summary>The graph for Graphviz (https://graphviz.org/doc/info/lang.html).</summary>
internal static class GraphDot
{
    public const string MediaType = "text/vnd.graphviz";

    public static string Write(GraphView graph)
    {
        var text = new StringBuilder("digraph services {\n  rankdir=LR; node [fontname=\"sans-serif\", fontsize=10]; edge [fontname=\"sans-serif\", fontsize=9];\n");
        foreach (GraphNetwork network in graph.Networks)
        {
            text.Append($"  subgraph {Quote($"cluster_{network.Name}")} {{\n    label={Quote($"network {network.Name}")};\n");
            foreach (GraphCluster cluster in graph.Clusters.Where(cluster => cluster.Network == network.Name))
            {
                string services = string.Concat(graph.Services.SelectMany(service => service.Places.Where(place => place.Cluster == cluster.Name)
                    .Select(place => $"\n{service.Namespace}/{service.Name} {place.Healthy}/{place.Declared}")));
                text.Append($"    {Quote(cluster.Name)} [shape=box, label={Quote($"{cluster.Name}\n{cluster.Mesh} {cluster.Locality}{services}")}{(cluster.State is null or SourceState.Live ? "" : ", color=red, style=dashed")}];\n");
            }
            foreach (GraphGateway gateway in graph.Gateways.Where(gateway => gateway.Network == network.Name))
            {
                text.Append($"    {Quote($"gateway {gateway.Name}")} [shape=hexagon, label={Quote($"{gateway.Name}\n{gateway.Role} {gateway.Locality}")}{(gateway.Withdrawn.Count > 0 ? ", color=red" : "")}];\n");
            }
            text.Append("  }\n");
        }
        foreach (GraphLine line in GraphPicture.Of(graph).Lines)
        {
            string[] nodes = [line.From, .. line.Gateways.Select(gateway => $"gateway {gateway}"), line.To];
            text.Append($"  {string.Join(" -> ", nodes.Select(Quote))} [label={Quote($"{GraphPicture.Number(line.Share)} % {GraphPicture.Number(line.RoundTripMs)} ms")}, tooltip={Quote(string.Join('\n', line.Calls))}];\n");
        }
        return text.Append("}\n").ToString();
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
