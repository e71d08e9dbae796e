using System.Globalization;
using System.Net;
using System.Text;
using ControlPlane.Model.Sources;

namespace ControlPlane.Silo.Rest.Graph;

/// <summary>The graph as a picture: callers on the left, what is called on the right, gateways between them. Details are tool tips.</summary>
internal static class GraphSvg
{
    public const string MediaType = "image/svg+xml";
    private const int BoxWidth = 240;
    private const int Gap = 14;
    private const int Line = 15;
    private const int Column = 420;

    public static string Write(GraphView graph)
    {
        IReadOnlyList<GraphLine> lines = GraphPicture.Of(graph).Lines;
        int mostGateways = lines.Select(line => line.Gateways.Count).DefaultIfEmpty().Max();
        var right = new Dictionary<string, Box>();
        var left = new Dictionary<string, Box>();
        var middle = new Dictionary<string, Box>();
        int y = 50;
        foreach (GraphCluster cluster in graph.Clusters.OrderBy(cluster => cluster.Network, StringComparer.Ordinal))
        {
            string[] services = [.. graph.Services.SelectMany(service => service.Places.Where(place => place.Cluster == cluster.Name)
                .Select(place => $"{service.Namespace}/{service.Name} {place.Healthy}/{place.Declared} ({place.Locality})"))];
            int height = 38 + (Math.Max(1, Math.Min(services.Length, 12)) * Line);
            string colour = cluster.State is null or SourceState.Live ? "#2b6cb0" : "#c53030";
            left[cluster.Name] = new Box(30, y, 38, cluster.Name, [$"{cluster.Mesh} · {cluster.Network} · {cluster.Locality}"], colour, cluster.Reason ?? "");
            right[cluster.Name] = new Box(
                30 + ((mostGateways + 1) * Column), y, height, cluster.Name,
                services.Length > 12 ? [.. services[..11], $"and {services.Length - 11} more"] : services, colour, string.Join('\n', services.Prepend(cluster.Reason ?? cluster.Name)));
            y += height + Gap;
        }
        int between = 50;
        foreach (GraphGateway gateway in graph.Gateways)
        {
            int column = Math.Max(1, lines.Where(line => line.Gateways.Contains(gateway.Name)).Select(line => line.Gateways.ToList().IndexOf(gateway.Name) + 1).DefaultIfEmpty(1).Max());
            middle[gateway.Name] = new Box(
                30 + (column * Column), between, 38, gateway.Name, [$"{gateway.Role} · {gateway.Network} · {gateway.Locality}"], gateway.Withdrawn.Count > 0 ? "#c53030" : "#b7791f",
                string.Join('\n', gateway.Addresses.Concat(gateway.Withdrawn.Select(item => $"withdrawn from {item.Key}: {item.Value}"))));
            between += 38 + Line + Gap;
        }
        int width = 60 + ((mostGateways + 1) * Column) + BoxWidth;
        var text = new StringBuilder($"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {Math.Max(Math.Max(y, between), 120) + 10}" font-family="sans-serif" font-size="11">
            <rect width="100%" height="100%" fill="white"/>
            <text x="30" y="30" font-size="15">callers</text><text x="{30 + ((mostGateways + 1) * Column)}" y="30" font-size="15">services</text>

            """);
        foreach (GraphLine line in lines)
        {
            Box[] stops = [left[line.From], .. line.Gateways.Select(gateway => middle[gateway]), right[line.To]];
            string colour = line.Gateways.Count == 0 ? "#38a169" : "#dd6b20";
            string tip = $"{line.From} to {line.To}{(line.Gateways.Count == 0 ? " directly" : $" through {string.Join(", ", line.Gateways)}")}\n{string.Join('\n', line.Calls)}";
            foreach ((Box from, Box to) in stops.Zip(stops.Skip(1)))
            {
                (int x1, int y1, int x2, int y2) = (from.X + BoxWidth, from.Y + 19, to.X, to.Y + 19);
                text.Append(CultureInfo.InvariantCulture, $"""
                    <path d="M{x1} {y1} C{x1 + 90} {y1} {x2 - 90} {y2} {x2} {y2}" fill="none" stroke="{colour}" stroke-opacity="0.7" stroke-width="{1 + (line.Share / 25):0.#}"><title>{WebUtility.HtmlEncode(tip)}</title></path>

                    """);
            }
        }
        foreach (Box box in left.Values.Concat(middle.Values).Concat(right.Values))
        {
            Draw(text, box);
        }
        return text.Append("</svg>\n").ToString();
    }

    private static void Draw(StringBuilder text, Box box)
    {
        text.Append($"""
            <g><title>{WebUtility.HtmlEncode(box.Tip)}</title><rect x="{box.X}" y="{box.Y}" width="{BoxWidth}" height="{box.Height}" rx="5" fill="#f7fafc" stroke="{box.Colour}" stroke-width="1.5"/>
            <text x="{box.X + 8}" y="{box.Y + 16}" font-weight="bold">{WebUtility.HtmlEncode(box.Name)}</text>

            """);
        foreach ((int index, string line) in box.Lines.Index())
        {
            text.Append($"""<text x="{box.X + 8}" y="{box.Y + 31 + (index * Line)}" fill="#4a5568">{WebUtility.HtmlEncode(line.Length > 44 ? $"{line[..43]}…" : line)}</text>""").Append('\n');
        }
        text.Append("</g>\n");
    }

    private sealed record Box(int X, int Y, int Height, string Name, string[] Lines, string Colour, string Tip);
}
