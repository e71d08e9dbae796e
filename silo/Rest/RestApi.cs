using ControlPlane.Adapters.Hosting;
using ControlPlane.Model.Catalog;
using ControlPlane.Silo.Identity;
using ControlPlane.Silo.Reach;
using ControlPlane.Silo.Regions;
using ControlPlane.Silo.Rest.Graph;
using OpenTelemetry.Metrics;

namespace ControlPlane.Silo.Rest;

/// <summary>The REST API: what the service graph is. Errors are problem details (RFC 9457).</summary>
internal static class RestApi
{
    public const string Prefix = "/v1";

    public static IServiceCollection AddRestApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json => RestJson.Configure(json.SerializerOptions));
        services.AddOpenApi("v1", openApi => openApi.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "ControlPlane";
            document.Info.Description = "Clusters, services, endpoints, proxies and configuration, as this control plane knows them now.";
            return Task.CompletedTask;
        }));
        services.AddSingleton<CatalogMetrics>().AddSingleton<CertificateMetrics>();
        services.AddSingleton<GraphFeed>().AddSingleton<ICatalogObserver>(provider => provider.GetRequiredService<GraphFeed>());
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(SourceMetrics.MeterName, Xds.XdsMetrics.MeterName, CatalogMetrics.MeterName, CertificateMetrics.MeterName, ReachMetrics.MeterName, RegionMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
        return services;
    }

    public static void MapRestApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        // Made now, so that its gauges are there from the first scrape on.
        app.Services.GetRequiredService<CatalogMetrics>();
        app.Services.GetRequiredService<CertificateMetrics>();
        app.MapHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
        app.MapOpenApi("/openapi/{documentName}.json");
        RouteGroupBuilder api = app.MapGroup(Prefix).AddEndpointFilter<RouteGroupBuilder, GrainFailures>();
        api.MapSilos();
        api.MapSources();
        api.MapRegions();
        api.MapClusters();
        api.MapServices();
        api.MapEndpoints();
        api.MapProxies();
        api.MapMeshes();
        api.MapExplain();
        api.MapPaths();
        api.MapHairpins();
        api.MapGraph();
        api.MapConfiguration();
        api.MapRegistrations();
        api.MapProbes();
    }

    /// <summary>404 that says what is missing.</summary>
    public static IResult NotFound(string what) => Results.Problem($"{what} is not known", statusCode: StatusCodes.Status404NotFound, title: "Not found");
}
