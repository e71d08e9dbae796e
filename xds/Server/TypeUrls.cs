namespace ControlPlane.Xds;

/// <summary>The type URLs of the resources of xDS v3.</summary>
public static class TypeUrls
{
    public const string Cluster = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    public const string ClusterLoadAssignment = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    public const string Listener = "type.googleapis.com/envoy.config.listener.v3.Listener";
    public const string RouteConfiguration = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
    public const string VirtualHost = "type.googleapis.com/envoy.config.route.v3.VirtualHost";
    public const string Secret = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

    /// <summary>In the order in which changes are sent: make before break. Who is to be trusted is known before the endpoints are.</summary>
    internal static readonly string[] All = [Cluster, Secret, ClusterLoadAssignment, Listener, RouteConfiguration, VirtualHost];

    /// <summary>
    /// Whether a SotW response holds all resources of the type, so that absence deletes, and a subscription without names is one to all.
    /// </summary>
    internal static bool IsFullState(string typeUrl) => typeUrl is Cluster or Listener;
}
