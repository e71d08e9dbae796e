using System.Diagnostics.Metrics;

namespace ControlPlane.Xds;

/// <summary>What the xDS server counts, in the meter <c>ControlPlane.Xds</c>.</summary>
internal sealed class XdsMetrics : IDisposable
{
    public const string MeterName = "ControlPlane.Xds";

    private readonly Meter meter = new(MeterName);

    public XdsMetrics()
    {
        Streams = meter.CreateUpDownCounter<int>("controlplane.xds.streams", description: "Streams that are open");
        Responses = meter.CreateCounter<long>("controlplane.xds.responses", description: "Responses sent");
        Rejections = meter.CreateCounter<long>("controlplane.xds.rejections", description: "Responses that a proxy rejected");
        Refusals = meter.CreateCounter<long>("controlplane.xds.refusals", description: "Proxies that were not admitted");
        Bytes = meter.CreateCounter<long>("controlplane.xds.sent", "By", "Bytes of responses sent");
        AnswerTime = meter.CreateHistogram<double>("controlplane.xds.answer.duration", "s", "From a response to the proxy's answer");
    }

    public UpDownCounter<int> Streams { get; }

    public Counter<long> Responses { get; }

    public Counter<long> Rejections { get; }

    public Counter<long> Refusals { get; }

    public Counter<long> Bytes { get; }

    public Histogram<double> AnswerTime { get; }

    public void Dispose() => meter.Dispose();
}
