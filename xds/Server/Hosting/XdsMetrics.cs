using System.Diagnostics.Metrics;

namespace ControlPlane.Xds;

/// <summary>What the xDS server counts, in the meter <c>ControlPlane.Xds</c>.</summary>
public sealed class XdsMetrics : IDisposable
{
    public const string MeterName = "ControlPlane.Xds";

    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    private readonly Meter meter = new(MeterName);

    internal XdsMetrics()
    {
        Streams = meter.CreateUpDownCounter<int>("controlplane.xds.streams", description: "Streams that are open");
        Responses = meter.CreateCounter<long>("controlplane.xds.responses", description: "Responses sent");
        Resources = meter.CreateCounter<long>("controlplane.xds.resources", description: "Resources sent, removed ones too");
        Rejections = meter.CreateCounter<long>("controlplane.xds.rejections", description: "Responses that a proxy rejected");
        Refusals = meter.CreateCounter<long>("controlplane.xds.refusals", description: "Proxies that were not admitted");
        Bytes = meter.CreateCounter<long>("controlplane.xds.sent", "By", "Bytes of responses sent");
        AnswerTime = meter.CreateHistogram<double>("controlplane.xds.answer.duration", "s", "From a response to the proxy's answer");
    }

    internal UpDownCounter<int> Streams { get; }

    internal Counter<long> Responses { get; }

    internal Counter<long> Resources { get; }

    internal Counter<long> Rejections { get; }

    internal Counter<long> Refusals { get; }

    internal Counter<long> Bytes { get; }

    internal Histogram<double> AnswerTime { get; }

    public void Dispose() => meter.Dispose();
}
