using Microsoft.Extensions.Logging;

namespace ControlPlane.Xds.Streams;

/// <summary>What all streams share.</summary>
internal sealed record StreamServices(
    XdsServerOptions Options, IProxyAdmission Admission, ProxyRegistry Registry, XdsMetrics Metrics, TimeProvider Time, ILogger<AdsStream> Logger);
