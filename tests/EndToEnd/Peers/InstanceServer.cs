using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A registry of one's own, as the guide describes it: <c>/instances</c> is a document with an entity tag, <c>/stream</c> JSON lines.</summary>
public sealed class InstanceServer : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly int port;
    private WebApplication? app;
    private ImmutableSortedDictionary<string, JsonObject> instances = ImmutableSortedDictionary<string, JsonObject>.Empty;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int revision;
    private long unchanged;

    private InstanceServer(int port) => this.port = port;

    public Uri Document => new($"http://127.0.0.1:{port}/instances");

    public Uri Stream => new($"http://127.0.0.1:{port}/stream");

    /// <summary>The token that requests must have; null: none.</summary>
    public string? Token { get; set; }

    /// <summary>Another token that requests may have: the one before, for a while.</summary>
    public string? OtherToken { get; set; }

    /// <summary>What is answered instead of the truth; null: the truth.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>How many requests were answered with 304.</summary>
    public long Unchanged => Interlocked.Read(ref unchanged);

    public static async Task<InstanceServer> StartAsync()
    {
        var server = new InstanceServer(Loopback.FreePort());
        await server.StartAgainAsync();
        return server;
    }

    public void Put(string id, string service, int port, string more = "") => Change(now => now.SetItem(id, JsonNode.Parse(
        string.Create(CultureInfo.InvariantCulture, $$"""{"id": "{{id}}", "service": "{{service}}", "address": "127.0.0.1", "ports": [{"port": {{port}}, "protocol": "http"}]{{more}}}"""))!.AsObject()));

    public void Remove(params string[] ids) => Change(now => now.RemoveRange(ids));

    public async Task StartAgainAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
            app = null;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private void Change(Func<ImmutableSortedDictionary<string, JsonObject>, ImmutableSortedDictionary<string, JsonObject>> change)
    {
        lock (gate)
        {
            instances = change(instances);
            revision++;
            changed.TrySetResult();
            changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (Instead is { } instead)
        {
            return instead(context);
        }
        if (Token is { } token && context.Request.Headers.Authorization is var given && given != $"Bearer {token}" && (OtherToken is null || given != $"Bearer {OtherToken}"))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }
        return context.Request.Path == "/stream" ? StreamAsync(context) : DocumentAsync(context);
    }

    private async Task DocumentAsync(HttpContext context)
    {
        string tag;
        JsonObject document;
        lock (gate)
        {
            tag = $"\"{revision}\"";
            document = new JsonObject { ["instances"] = new JsonArray([.. instances.Values.Select(instance => instance.DeepClone())]) };
        }
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            Interlocked.Increment(ref unchanged);
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        context.Response.Headers.ETag = tag;
        await context.Response.WriteAsync(document.ToJsonString());
    }

    private async Task StreamAsync(HttpContext context)
    {
        ImmutableSortedDictionary<string, JsonObject> said = ImmutableSortedDictionary<string, JsonObject>.Empty;
        for (bool isFirst = true; ; isFirst = false)
        {
            ImmutableSortedDictionary<string, JsonObject> now;
            Task next;
            lock (gate)
            {
                (now, next) = (instances, changed.Task);
            }
            IEnumerable<JsonObject> lines =
            [
                .. now.Where(pair => said.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => new JsonObject { ["type"] = "put", ["instance"] = pair.Value.DeepClone() }),
                .. said.Keys.Where(id => !now.ContainsKey(id)).Select(id => new JsonObject { ["type"] = "remove", ["id"] = id }),
                .. isFirst ? [new JsonObject { ["type"] = "complete" }] : (JsonObject[])[],
            ];
            foreach (JsonObject line in lines)
            {
                await context.Response.WriteAsync(line.ToJsonString() + "\n", context.RequestAborted);
            }
            await context.Response.Body.FlushAsync(context.RequestAborted);
            said = now;
            await next.WaitAsync(context.RequestAborted);
        }
    }
}
