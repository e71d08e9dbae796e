using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;
using ControlPlane.Silo.Hosting.Database;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: it serves, and is not about to stop.</summary>
internal static class HealthApi
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz", () => "ok\n").WithSummary("Whether the process lives");
        app.MapGet("/readyz", (ServiceCatalog catalog, ExpectedSources expected, RegionDatabase database, IHostApplicationLifetime lifetime) =>
            WhyNotReady(catalog.Current, expected, lifetime) is { } reason
                ? Results.Text($"{reason}\n{Beside(database)}", statusCode: StatusCodes.Status503ServiceUnavailable)
                : Results.Text($"ok\n{Beside(database)}"))
            .WithSummary("Whether proxies are served").Produces<string>(contentType: "text/plain").Produces(StatusCodes.Status503ServiceUnavailable);
    }

    // Proxies are served all the same.
    private static string Beside(RegionDatabase database) => database.Problem is { } problem ? $"{problem}\n" : "";

    private static string? WhyNotReady(CatalogSnapshot snapshot, ExpectedSources expected, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return "stopping";
        }
        if (snapshot.Completeness != Completeness.Waiting)
        {
            return null;
        }
        IEnumerable<string> missing = expected.Names.Where(source => snapshot.Sources.GetValueOrDefault(source) is not { HasPicture: true }).Select(source =>
            snapshot.Sources.GetValueOrDefault(source) is { Reason.Length: > 0 } record ? $"{source}: {record.Reason}" : $"{source}: not heard yet");
        if (!expected.AreAllKnown)
        {
            missing = missing.Append("and for what says which others there are");
        }
        return $"waiting for sources:\n{string.Join('\n', missing)}";
    }
}
