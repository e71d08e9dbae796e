using System.Collections.Concurrent;
using System.Diagnostics;
using ControlPlane.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>
/// Stands between the fleet's changes and the API server, and beside it watches like a bare client: so it is known of each change how long the
/// server itself took, from the write until its watch event.
/// </summary>
internal sealed class InjectionProxy : IAsyncDisposable
{
    private const string Slices = "apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private readonly WebApplication app;
    private readonly HttpClient http;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<string, long> begun = new();
    private readonly ConcurrentQueue<double> taken = new();
    private Task watching = Task.CompletedTask;

    private InjectionProxy(WebApplication app, Uri server, int port)
    {
        this.app = app;
        Port = port;
        http = new HttpClient { BaseAddress = server };
        app.MapPut("/{service}/{mark}", ForwardAsync);
    }

    public int Port { get; }

    /// <summary>Milliseconds from the write to the watch event, of each change in order.</summary>
    public IReadOnlyList<double> WriteToEvent => [.. taken];

    public static async Task<InjectionProxy> StartAsync(Uri server)
    {
        int port = Loopback.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        var proxy = new InjectionProxy(builder.Build(), server, port);
        HttpResponseMessage watch = await proxy.http.GetAsync(
            new Uri($"{Slices}?watch=true&resourceVersion=0&sendInitialEvents=false&resourceVersionMatch=NotOlderThan", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        proxy.watching = proxy.WatchAsync(watch);
        await proxy.app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.DisposeAsync();
        http.Dispose();
        stopping.Dispose();
    }

    private async Task ForwardAsync(string service, string mark, HttpContext context)
    {
        begun[mark] = Stopwatch.GetTimestamp();
        using var content = new StreamContent(context.Request.Body);
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await http.PutAsync(new Uri($"{Slices}/{service}-x", UriKind.Relative), content);
        context.Response.StatusCode = (int)response.StatusCode;
    }

    private async Task WatchAsync(HttpResponseMessage watch)
    {
        using (watch)
        {
            using var reader = new StreamReader(await watch.Content.ReadAsStreamAsync(stopping.Token));
            while (await reader.ReadLineAsync(stopping.Token) is { } line)
            {
                long now = Stopwatch.GetTimestamp();
                int at = line.LastIndexOf("\"port\":", StringComparison.Ordinal);
                string mark = at < 0 ? "" : new string([.. line[(at + 7)..].TakeWhile(char.IsAsciiDigit)]);
                if (begun.TryRemove(mark, out long start))
                {
                    taken.Enqueue(Stopwatch.GetElapsedTime(start, now).TotalMilliseconds);
                }
            }
        }
    }
}
