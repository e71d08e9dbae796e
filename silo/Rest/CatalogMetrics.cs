using System.Diagnostics.Metrics;
using ControlPlane.Grains.Catalog;

namespace ControlPlane.Silo.Rest;

/// <summary>What is measured of the catalog: meter <c>ControlPlane.Catalog</c>.</summary>
internal sealed class CatalogMetrics
{
    public const string MeterName = "ControlPlane.Catalog";

    public CatalogMetrics(IMeterFactory factory, ServiceCatalog catalog, CatalogFile file)
    {
        Meter meter = factory.Create(MeterName);
        meter.CreateObservableGauge("controlplane.services", () => catalog.Current.Services.Count, description: "Services known");
        meter.CreateObservableGauge("controlplane.catalog.unwritten", () => file.Unwritten, description: "Records that are known and not yet in the local file");
        meter.CreateObservableGauge(
            "controlplane.endpoints",
            () => catalog.Current.Services.Values.SelectMany(service => service.Endpoints).CountBy(endpoint => endpoint.Health)
                .Select(health => new Measurement<int>(health.Value, new KeyValuePair<string, object?>("health", health.Key.ToString()))),
            description: "Endpoints known, by health");
        meter.CreateObservableGauge(
            "controlplane.source.state",
            () => catalog.Current.Sources.Values.Select(source => new Measurement<int>(
                1, new KeyValuePair<string, object?>("source", source.Source), new KeyValuePair<string, object?>("state", source.State.ToString()))),
            description: "1 for the state that each source is in");
        meter.CreateObservableGauge(
            "controlplane.source.problems",
            () => catalog.Current.Sources.Values.Select(source => new Measurement<int>(
                source.Problems.Count, new KeyValuePair<string, object?>("source", source.Source))),
            description: "Problems with what each source holds");
    }
}
