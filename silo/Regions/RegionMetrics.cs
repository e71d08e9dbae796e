using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Regions;

/// <summary>What is measured of links that other regions have opened: meter <c>ControlPlane.Regions</c>. The links that this one opens are measured as sources.</summary>
internal sealed class RegionMetrics
{
    public const string MeterName = "ControlPlane.Regions";

    private readonly ConcurrentDictionary<string, OpenLink> open = new(StringComparer.Ordinal);
    private readonly Counter<long> bytes;
    private readonly Counter<long> services;
    private readonly Counter<long> refused;

    public RegionMetrics(IMeterFactory factory)
    {
        Meter meter = factory.Create(MeterName);
        bytes = meter.CreateCounter<long>("controlplane.region.sent", "By", "Bytes that other regions were sent");
        services = meter.CreateCounter<long>("controlplane.region.services", description: "Services that other regions were told about, new, changed or gone");
        refused = meter.CreateCounter<long>("controlplane.region.refused", description: "Links of other regions that were refused, by reason");
        meter.CreateObservableGauge("controlplane.region.links", () => open.Count, description: "Links that other regions have open to this silo");
    }

    /// <summary>The links that are open to this silo, by an id of their own.</summary>
    public IEnumerable<OpenLink> Open => open.Values;

    public void Opened(string id, OpenLink link) => open[id] = link;

    public void Closed(string id) => open.TryRemove(id, out _);

    public void Sent(string region, int length, bool isService)
    {
        bytes.Add(length, new KeyValuePair<string, object?>("region", region));
        if (isService)
        {
            services.Add(1, new KeyValuePair<string, object?>("region", region));
        }
    }

    public void Refused(string reason) => refused.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
