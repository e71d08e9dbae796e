using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: it serves, and is not about to stop.</summary>
internal static class HealthApi
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => "ok\n").WithSummary("Whether the process lives");
        app.MapGet("/readyz", (ServiceCatalog catalog, ServiceCatalogOptions options, IHostApplicationLifetime lifetime) =>
            WhyNotReady(catalog.Current, options, lifetime) is { } reason
                ? Results.Text(reason + "\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Text("ok\n"))
            .WithSummary("Whether proxies are served").Produces<string>(contentType: "text/plain").Produces(StatusCodes.Status503ServiceUnavailable);
    }

    private static string? WhyNotReady(CatalogSnapshot snapshot, ServiceCatalogOptions options, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return "stopping";
        }
        if (snapshot.Completeness != Completeness.Waiting)
        {
            return null;
        }
        IEnumerable<string> missing = options.Sources.Where(source => snapshot.Sources.GetValueOrDefault(source) is not { HasPicture: true }).Select(source =>
            snapshot.Sources.GetValueOrDefault(source) is { Reason.Length: > 0 } record ? $"{source}: {record.Reason}" : $"{source}: not heard yet");
        return $"waiting for sources:\n{string.Join('\n', missing)}";
    }
}
