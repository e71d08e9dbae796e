using System.Collections.Immutable;
using System.Net;

namespace ControlPlane.Routing;

/// <summary>A way through gateways.</summary>
/// <param name="Hops">In the order in which they are crossed. The caller calls the first.</param>
/// <param name="Addresses">Of the first, from the caller's network.</param>
/// <param name="Cost">Of a call to the endpoints' locality.</param>
public sealed record GatewayPath(PathKind Kind, ImmutableArray<TopologyGateway> Hops, ImmutableArray<IPEndPoint> Addresses, Cost Cost)
{
    public TopologyGateway First => Hops[0];

    public TopologyGateway Last => Hops[^1];

    /// <summary>The names of the gateways: <c>egress, far</c>.</summary>
    public override string ToString() => string.Join(", ", Hops);
}

/// <summary>How many gateways are crossed, and whether a mesh is left: the first kind that is possible is used.</summary>
public enum PathKind
{
    Direct,

    /// <summary>Through an east-west gateway of the endpoint's network.</summary>
    OneGateway,

    /// <summary>Through an egress gateway and an east-west gateway.</summary>
    TwoGateways,

    /// <summary>Through an internal API gateway of the other mesh, itself reached by one of the others.</summary>
    OtherMesh,
}
