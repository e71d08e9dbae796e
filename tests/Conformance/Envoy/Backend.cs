using ControlPlane.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.Conformance.RealEnvoy;

/// <summary>A service that answers 200.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication app;

    private Backend(WebApplication app) => this.app = app;

    public int Port { get; private init; }

    public static async Task<Backend> StartAsync()
    {
        int port = Loopback.FreePort();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        WebApplication app = builder.Build();
        app.Run(context => context.Response.WriteAsync("here"));
        await app.StartAsync();
        return new Backend(app) { Port = port };
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
