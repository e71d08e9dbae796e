using System.Diagnostics.Metrics;
using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Reach;

namespace ControlPlane.Silo.Reach;

/// <summary>What is measured of the ways to gateways: meter <c>ControlPlane.Reach</c>.</summary>
internal sealed class ReachMetrics : ICatalogObserver
{
    public const string MeterName = "ControlPlane.Reach";

    private readonly Counter<long> probes;
    private readonly Counter<long> resolutions;
    private volatile CatalogSnapshot snapshot = CatalogSnapshot.Empty;

    public ReachMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(MeterName);
        probes = meter.CreateCounter<long>("controlplane.probes", description: "Probes of gateway addresses that were reported here, by network and result");
        resolutions = meter.CreateCounter<long>("controlplane.resolution.failures", description: "Times a host name of a gateway could not be resolved");
        meter.CreateObservableGauge(
            "controlplane.gateway.withdrawn",
            () => (snapshot.Reach?.Withdrawn ?? []).CountBy(address => (address.Gateway, address.Network)).Select(group => new Measurement<int>(
                group.Value, new KeyValuePair<string, object?>("gateway", group.Key.Gateway), new KeyValuePair<string, object?>("network", group.Key.Network))),
            description: "Addresses of gateways that callers of a network are kept from");
    }

    /// <inheritdoc/>
    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change) => this.snapshot = snapshot;

    public void Probed(ProbeReport report)
    {
        foreach ((bool isOk, int count) in report.Results.CountBy(result => result.Ok))
        {
            probes.Add(count, new("network", report.Network), new("result", isOk ? "ok" : "failed"));
        }
    }

    public void ResolutionFailed(string host) => resolutions.Add(1, new KeyValuePair<string, object?>("host", host));
}
