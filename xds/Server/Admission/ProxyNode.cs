using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Xds;

/// <summary>Who a client says that it is, in the first request of its stream: of <c>envoy.config.core.v3.Node</c> what is used.</summary>
/// <param name="Region">Of the locality; empty: not said. Likewise the zone and the sub-zone.</param>
/// <param name="Metadata">Null: not said.</param>
public sealed record ProxyNode(
    string Id, string Cluster, string Region, string Zone, string SubZone, Struct? Metadata,
    string UserAgentName, string UserAgentVersion, ImmutableArray<string> ClientFeatures);
