using System.Globalization;
using System.Text;
using System.Text.Json;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Routing;
using ControlPlane.Silo.Rest.Views;
using Microsoft.AspNetCore.Http.Features;

namespace ControlPlane.Silo.Rest.Graph;

/// <summary>
/// The changes of the graph as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): <c>graph</c> with all of it at first,
/// then <c>change</c> with the services that are different. A client that comes back with <c>Last-Event-ID</c> gets what it missed.
/// </summary>
internal sealed class GraphStream(GraphFeed feed, GraphFilter filter, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task RunAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        CancellationToken cancellation = end.Token;
        HttpResponse response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        long seen = Known(context.Request.Headers["Last-Event-ID"].ToString());
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                GraphNews news = feed.Since(seen);
                if (news.Sequence != seen)
                {
                    seen = news.Sequence;
                    if (Describe(news) is { } told)
                    {
                        await WriteAsync(response, told.Event, told.Data, seen, cancellation);
                    }
                }
                Task first = await Task.WhenAny(news.Next, Task.Delay(Heartbeat, time, cancellation));
                if (first != news.Next)
                {
                    await response.WriteAsync(":\n\n", cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or this process goes.
        }
    }

    private (string Event, object Data)? Describe(GraphNews news)
    {
        if (news.IsWhole)
        {
            return ("graph", GraphView.Of(news.Snapshot, filter));
        }
        ServiceId[] services = [.. news.Services.Where(filter.Takes)];
        if (services.Length == 0)
        {
            return null;
        }
        Topology topology = Topology.Of(news.Snapshot);
        var set = services.ToHashSet();
        return ("change", new GraphChange(
            [.. services.Select(service => news.Snapshot.Services.GetValueOrDefault(service)).OfType<ServiceRecord>().Select(service => GraphService.Of(service, news.Snapshot))],
            [.. services.Where(service => !news.Snapshot.Services.ContainsKey(service)).Select(service => service.ToString())],
            [.. PathsApi.All(news.Snapshot, topology, service => set.Contains(service.Service), filter.Takes).Where(filter.Takes)]));
    }

    private async Task WriteAsync(HttpResponse response, string name, object data, long sequence, CancellationToken cancellation)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"{feed.Incarnation}-{sequence}");
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(data, RestJson.Options);
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes($"id: {id}\nevent: {name}\ndata: "), cancellation);
        await response.Body.WriteAsync(json, cancellation);
        await response.Body.WriteAsync("\n\n"u8.ToArray(), cancellation);
        await response.Body.FlushAsync(cancellation);
    }

    // What another process has said means nothing here.
    private long Known(string id) =>
        id.Split('-') is [var incarnation, var number] && incarnation == feed.Incarnation && long.TryParse(number, CultureInfo.InvariantCulture, out long sequence) ? sequence : 0;
}

/// <summary>Services that are different.</summary>
/// <param name="Removed">Those that are gone.</param>
/// <param name="Calls">All calls to those that are there: they take the place of earlier ones.</param>
public sealed record GraphChange(IReadOnlyList<GraphService> Services, IReadOnlyList<string> Removed, IReadOnlyList<PathView> Calls);
