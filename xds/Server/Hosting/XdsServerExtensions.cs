using System.Net;
using ControlPlane.Xds.Grpc;
using ControlPlane.Xds.Streams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ControlPlane.Xds;

/// <summary>Puts the xDS server into a host: the services, the endpoint, the calls.</summary>
public static class XdsServerExtensions
{
    // The first request of an Envoy is 61 KB; with windows of HTTP/2's default size a second stream of the connection would stall.
    private const int Window = 1 << 20;
    // The default of 512 makes a fleet that comes back wait for SYN retries.
    private const int Backlog = 8192;
    private const int StreamsPerConnection = 4096;
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);

    /// <summary>Adds what <see cref="MapXds"/> needs. The host adds an <see cref="IProxyAdmission"/>.</summary>
    public static IServiceCollection AddXdsServer(this IServiceCollection services, Action<XdsServerOptions>? configure = null)
    {
        var options = new XdsServerOptions();
        configure?.Invoke(options);
        options.Validate();
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new XdsMetrics());
        services.AddSingleton(_ => new ProxyRegistry(options.RefusedKept));
        services.AddSingleton(provider => new XdsDrain(provider.GetRequiredService<ProxyRegistry>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new XdsEndpoint(new StreamServices(
            options, provider.GetRequiredService<IProxyAdmission>(), provider.GetRequiredService<ProxyRegistry>(),
            provider.GetRequiredService<XdsMetrics>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AdsStream>>())));
        services.Configure<SocketTransportOptions>(transport => transport.Backlog = Backlog);
        return services;
    }

    /// <summary>
    /// Serves the discovery services: all calls of gRPC over HTTP/2 that come in, whatever the address; other requests go on. The streams end
    /// when the host begins to stop.
    /// </summary>
    public static IApplicationBuilder MapXds(this IApplicationBuilder app)
    {
        var endpoint = app.ApplicationServices.GetRequiredService<XdsEndpoint>();
        XdsDrain drain = app.ApplicationServices.GetRequiredService<XdsDrain>();
        app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(drain.Begin);
        return app.Use(next => context => XdsEndpoint.Serves(context.Request) ? endpoint.ServeAsync(context) : next(context));
    }

    /// <summary>Listens for xDS at an address: HTTP/2 alone, with limits for streams that live for days and may be silent as long.</summary>
    /// <param name="tls">Adds TLS; null: plaintext (h2c).</param>
    public static void ListenXds(this KestrelServerOptions kestrel, IPEndPoint address, Action<ListenOptions>? tls = null)
    {
        KestrelServerLimits limits = kestrel.Limits;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxRequestBodySize = null;
        limits.MaxConcurrentConnections = null;
        limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        limits.Http2.InitialStreamWindowSize = Window;
        limits.Http2.InitialConnectionWindowSize = Window;
        limits.Http2.KeepAlivePingDelay = PingInterval;
        limits.Http2.KeepAlivePingTimeout = PingInterval;
        // Envoy says :scheme http, over TLS too.
        kestrel.AllowAlternateSchemes = true;
        kestrel.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            tls?.Invoke(listen);
        });
    }
}
