using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Silo.Engine;
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Hosting.Database;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/silos</c>: which processes work together, as the asked one sees it.</summary>
internal static class SilosApi
{
    public static void MapSilos(this IEndpointRouteBuilder api) =>
        api.MapGet("/silos", (RunOptions options, IServiceProvider services, GrainsReady ready, RegionDatabase database) =>
        {
            IClusterInfo? cluster = ready.IsSet ? services.GetRequiredService<IClusterInfo>() : null;
            return new EntityResult<SilosView>(new SilosView(
                options.Region.Name, GrainEngine.Name, cluster?.Self, [.. (cluster?.Members ?? []).Order(StringComparer.Ordinal)], database.Description, database.Problem));
        }).WithSummary("The processes that work together, and the database that they share").Produces<SilosView>();
}
