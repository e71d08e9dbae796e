using ControlPlane.Grains.Catalog;

namespace ControlPlane.Silo.Rest.Graph;

/// <summary><c>/graph</c>: as JSON, as a picture, and as a stream of changes.</summary>
internal static class GraphApi
{
    private static readonly string[] Formats = ["json", "dot", "svg"];

    public static void MapGraph(this IEndpointRouteBuilder api)
    {
        api.MapGet("/graph", (HttpRequest request, ServiceCatalog catalog) =>
        {
            string format = request.Query["format"].ToString() is { Length: > 0 } named ? named : Accepted(request);
            if (!Formats.Contains(format))
            {
                return Refuse($"format is '{format}': one of {string.Join(", ", Formats)} is expected");
            }
            if (request.Query.Keys.FirstOrDefault(name => name != "format" && !GraphFilter.Names.Contains(name)) is { } unknown)
            {
                return Refuse($"the parameter '{unknown}' is not known: {string.Join(", ", GraphFilter.Names)}, format are");
            }
            GraphView graph = GraphView.Of(catalog.Current, GraphFilter.Read(request.Query));
            return format switch
            {
                "dot" => Results.Text(GraphDot.Write(graph), GraphDot.MediaType),
                "svg" => Results.Text(GraphSvg.Write(graph), GraphSvg.MediaType),
                _ => new EntityResult<GraphView>(graph),
            };
        })
        .WithSummary("Services, clusters, networks and gateways, and the calls between them: format json, dot (Graphviz) or svg; filtered by mesh, namespace, service, cluster, network, gateway")
        .Produces<GraphView>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/graph/changes", (HttpContext context, GraphFeed feed, TimeProvider time, IHostApplicationLifetime life) =>
            new GraphStream(feed, GraphFilter.Read(context.Request.Query), time, life.ApplicationStopping).RunAsync(context))
            .WithSummary("The graph, then its changes, as server-sent events; resumes after Last-Event-ID");
    }

    private static string Accepted(HttpRequest request)
    {
        string accepted = request.Headers.Accept.ToString();
        return accepted.StartsWith(GraphSvg.MediaType, StringComparison.Ordinal) ? "svg" : accepted.StartsWith(GraphDot.MediaType, StringComparison.Ordinal) ? "dot" : "json";
    }

    private static IResult Refuse(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The query is not valid");
}
