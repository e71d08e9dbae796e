using System.Collections.Frozen;

namespace ControlPlane.Xds.Grpc;

/// <summary>A method of a discovery service of transport version 3.</summary>
/// <param name="TypeUrl">The only type that it serves; null: all (aggregated).</param>
internal sealed record XdsMethod(bool IsDelta, string? TypeUrl)
{
    private static readonly FrozenDictionary<string, XdsMethod> Methods = All().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The method at a path of a request; null: there is none. The unary <c>Fetch</c> methods are none.</summary>
    public static XdsMethod? At(string path) => Methods.GetValueOrDefault(path);

    private static IEnumerable<KeyValuePair<string, XdsMethod>> All() =>
    [
        .. Service("discovery", "Aggregated", "AggregatedResources", null),
        .. Service("cluster", "Cluster", "Clusters", TypeUrls.Cluster),
        .. Service("endpoint", "Endpoint", "Endpoints", TypeUrls.ClusterLoadAssignment),
        .. Service("listener", "Listener", "Listeners", TypeUrls.Listener),
        .. Service("route", "Route", "Routes", TypeUrls.RouteConfiguration),
        .. Service("route", "VirtualHost", "VirtualHosts", TypeUrls.VirtualHost).Where(method => method.Value.IsDelta),
        .. Service("secret", "Secret", "Secrets", TypeUrls.Secret),
    ];

    private static KeyValuePair<string, XdsMethod>[] Service(string package, string service, string resources, string? typeUrl)
    {
        string path = $"/envoy.service.{package}.v3.{service}DiscoveryService/";
        return [
            new($"{path}Stream{resources}", new XdsMethod(IsDelta: false, typeUrl)),
            new($"{path}Delta{resources}", new XdsMethod(IsDelta: true, typeUrl))];
    }
}
