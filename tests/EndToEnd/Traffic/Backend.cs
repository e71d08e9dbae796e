using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.EndToEnd.Traffic;

/// <summary>A workload: an HTTP server, 1.1 and 2, that answers every request with its name.</summary>
public sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication app;
    private long requests;

    private Backend(WebApplication app, string name, IPEndPoint address)
    {
        this.app = app;
        Name = name;
        EndPoint = address;
        app.Run(AnswerAsync);
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    public string Address => EndPoint.Address.ToString();

    public int Port => EndPoint.Port;

    /// <summary>How many requests have come.</summary>
    public long Requests => Interlocked.Read(ref requests);

    /// <summary>The last request: its method, path, and headers.</summary>
    public (string Method, string Path, IReadOnlyDictionary<string, string> Headers) Last { get; private set; }

    /// <summary>How long an answer takes.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>The status of its answers.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <param name="address">Null: 127.0.0.1 with a free port.</param>
    public static async Task<Backend> StartAsync(string name, IPEndPoint? address = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        address ??= new IPEndPoint(IPAddress.Loopback, Loopback.FreePort());
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address, listen => listen.Protocols = protocols));
        var backend = new Backend(builder.Build(), name, address);
        await backend.app.StartAsync();
        return backend;
    }

    public static async Task<Backend[]> StartAllAsync(params string[] names) => await Task.WhenAll(names.Select(name => StartAsync(name)));

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref requests);
        Last = (context.Request.Method, context.Request.Path + context.Request.QueryString.ToString(),
            context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()));
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, TimeProvider.System, context.RequestAborted);
        }
        context.Response.StatusCode = Status;
        await context.Response.WriteAsync(Name);
    }
}
