using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ControlPlane.Adapters.Regions;
using ControlPlane.Adapters.Regions.Wire;
using ControlPlane.Adapters.Sources;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using ControlPlane.Model.Catalog;
using ControlPlane.Silo.Identity;
using ControlPlane.Silo.Rest.Views;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ControlPlane.Silo.Regions;

/// <summary>Links between regions: where they are listened for, who may open one, and what serves it.</summary>
internal static partial class RegionHosting
{
    // A region that knows 100,000 services of this one says so in as many lines.
    private const long LongestHello = 64 * 1024 * 1024;

    public static void AddRegions(this IServiceCollection services, RegionOptions options)
    {
        services.AddSingleton(provider => new RegionIdentity(options, provider.GetRequiredService<IStateStore>()))
            .AddSingleton<IRegionIdentity>(provider => provider.GetRequiredService<RegionIdentity>());
        services.AddSingleton<RegionMetrics>();
        services.AddSingleton<RegionFeeds>().AddSingleton<ICatalogObserver>(provider => provider.GetRequiredService<RegionFeeds>());
    }

    public static void ListenForRegions(this IWebHostBuilder host, RegionOptions options)
    {
        if (options.Address is not { } address)
        {
            return;
        }
        host.ConfigureKestrel(kestrel =>
        {
            RegionTrust? trust = kestrel.ApplicationServices.GetRequiredService<RegionIdentity>().Trust;
            kestrel.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (trust is not null)
                {
                    listen.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        OnConnection = _ => ValueTask.FromResult(new System.Net.Security.SslServerAuthenticationOptions
                        {
                            ServerCertificateContext = trust.Shown,
                            ClientCertificateRequired = true,
                            // Who it is decides what is answered, in words: see below.
                            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
                        }),
                    });
                }
            });
        });
    }

    public static void MapRegionLinks(this WebApplication app, RegionOptions options)
    {
        if (options.Address is { } address)
        {
            // Read at the start, so that files which cannot be used are said then.
            _ = app.Services.GetRequiredService<RegionIdentity>().Trust?.Shown;
            app.MapWhen(context => context.Connection.LocalPort == address.Port, links => links.Run(ServeAsync));
        }
    }

    private static async Task ServeAsync(HttpContext context)
    {
        IServiceProvider services = context.RequestServices;
        RegionMetrics metrics = services.GetRequiredService<RegionMetrics>();
        if (context.Request.Path != RegionProtocol.Path || !HttpMethods.IsPost(context.Request.Method))
        {
            await RefuseAsync(context, metrics, StatusCodes.Status404NotFound, "path", $"this port is for links between regions: POST {RegionProtocol.Path}");
            return;
        }
        if (WhoIs(context, services.GetRequiredService<RegionIdentity>().Trust, out string why) is not { } peer)
        {
            await RefuseAsync(context, metrics, StatusCodes.Status401Unauthorized, "identity", why);
            return;
        }
        RegionFeeds feeds = services.GetRequiredService<RegionFeeds>();
        RegionSourceType links = services.GetRequiredService<RegionSourceType>();
        if (RegionStream.LinkTo(peer, feeds.Current, links) is null)
        {
            bool isEarly = feeds.Current.Configuration is null && !feeds.Current.IsOwnComplete;
            await RefuseAsync(
                context, metrics, isEarly ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status403Forbidden, isEarly ? "early" : "unknown",
                isEarly ? "the configuration is not known yet" : $"region '{peer}' is not linked here: apply a Source named {peer} with spec.region");
            return;
        }
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = LongestHello;
        RegionHello? hello;
        try
        {
            hello = await JsonSerializer.DeserializeAsync(context.Request.Body, RegionJson.Default.RegionHello, context.RequestAborted);
        }
        catch (JsonException error)
        {
            await RefuseAsync(context, metrics, StatusCodes.Status400BadRequest, "hello", $"what the link begins with cannot be read: {error.Message}");
            return;
        }
        if (await services.GetRequiredService<Epochs>().GenerationForAsync(hello!.Generation, context.RequestAborted) is not { } generation)
        {
            await RefuseAsync(
                context, metrics, StatusCodes.Status409Conflict, "generation",
                $"generation {hello.Generation} of this region has been heard, which is later than this one: end the processes of its earlier life");
            return;
        }
        await StreamAsync(context, peer, generation, hello, feeds, links, metrics);
    }

    private static async Task StreamAsync(HttpContext context, string peer, long generation, RegionHello hello, RegionFeeds feeds, RegionSourceType links, RegionMetrics metrics)
    {
        IServiceProvider services = context.RequestServices;
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        ILogger logger = services.GetRequiredService<ILogger<RegionStream>>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        context.Response.ContentType = RegionProtocol.ContentType;
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        string from = $"{context.Connection.RemoteIpAddress}";
        metrics.Opened(context.TraceIdentifier, new OpenLink(peer, from, time.GetUtcNow()));
        LogOpened(logger, peer, from, hello.Have.Count);
        RegionFeed feed = feeds.Open();
        try
        {
            await new RegionStream(peer, feed, links, metrics, time).RunAsync(context.Response.Body, generation, hello, end.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The other region has gone, or this process goes.
        }
        finally
        {
            feeds.Close(feed);
            metrics.Closed(context.TraceIdentifier);
            LogClosed(logger, peer, from);
        }
    }

    private static string? WhoIs(HttpContext context, RegionTrust? trust, out string why)
    {
        why = "";
        if (trust is null)
        {
            string name = context.Request.Headers[RegionProtocol.NameHeader].ToString();
            why = $"the header {RegionProtocol.NameHeader} is missing";
            return name.Length > 0 ? name : null;
        }
        try
        {
            return trust.Verify(context.Connection.ClientCertificate ?? throw new InvalidDataException("no certificate was shown"), []);
        }
        catch (InvalidDataException error)
        {
            why = error.Message;
            return null;
        }
    }

    private static async Task RefuseAsync(HttpContext context, RegionMetrics metrics, int status, string reason, string why)
    {
        metrics.Refused(reason);
        LogRefused(context.RequestServices.GetRequiredService<ILogger<RegionStream>>(), $"{context.Connection.RemoteIpAddress}", why);
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(why + "\n", context.RequestAborted);
    }

    [LoggerMessage(1, LogLevel.Information, "region {Region} has opened a link from {From}, and has {Services} services from before")]
    private static partial void LogOpened(ILogger logger, string region, string from, int services);

    [LoggerMessage(2, LogLevel.Information, "the link of region {Region} from {From} has ended")]
    private static partial void LogClosed(ILogger logger, string region, string from);

    [LoggerMessage(3, LogLevel.Warning, "a link from {From} is refused: {Why}")]
    private static partial void LogRefused(ILogger logger, string from, string why);
}
