using ControlPlane.Grains.Catalog;
using ControlPlane.Routing;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/configuration</c>.</summary>
internal static class ConfigurationApi
{
    public static void MapConfiguration(this IEndpointRouteBuilder api) =>
        api.MapGet("/configuration", (ServiceCatalog catalog) => new EntityResult<ConfigurationView>(new ConfigurationView(
            catalog.Current.Configuration?.Revision,
            [.. catalog.Current.Configuration?.Objects ?? []],
            [.. catalog.Current.Sources.Values.OrderBy(source => source.Source, StringComparer.Ordinal).SelectMany(source => source.Problems)
                .Concat(catalog.Current.Configuration?.Problems ?? []).Select(ProblemView.Of)],
            [.. ConfigurationWarnings.Of(catalog.Current).Select(ProblemView.Of)])))
            .WithSummary("The configuration that is in force, and what was refused").Produces<ConfigurationView>();
}
