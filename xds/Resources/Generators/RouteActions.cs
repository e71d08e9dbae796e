using ControlPlane.Model.Catalog;
using ControlPlane.Routing;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Retry.Host.PreviousHosts.V3;
using Envoy.Extensions.Retry.Priority.PreviousPriorities.V3;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>What all routes share.</summary>
internal static class RouteActions
{
    /// <summary>
    /// A failure before anything was answered is tried again on another host, the last time in another tier: the only host of a tier, a gateway, may be gone
    /// before anybody has said so.
    /// </summary>
    public static RetryPolicy Retries(EffectivePolicy policy) => new()
    {
        RetryOn = "connect-failure,refused-stream,reset-before-request",
        NumRetries = (uint)policy.Retries,
        RetryHostPredicate =
        {
            new RetryPolicy.Types.RetryHostPredicate
            {
                Name = "envoy.retry_host_predicates.previous_hosts",
                TypedConfig = Any.Pack(new PreviousHostsPredicate()),
            },
        },
        HostSelectionRetryMaxAttempts = 5,
        RetryPriority = new RetryPolicy.Types.RetryPriority
        {
            Name = "envoy.retry_priorities.previous_priorities",
            TypedConfig = Any.Pack(new PreviousPrioritiesConfig { UpdateFrequency = Math.Max(1, policy.Retries) }),
        },
    };

    /// <summary>To one Envoy cluster. Envoy's own limit of 15 s for a whole answer is off: applications know their deadlines.</summary>
    public static RouteAction To(string envoyCluster, EffectivePolicy policy)
    {
        RouteAction action = WithoutTimeout();
        action.Cluster = envoyCluster;
        if (policy.Retries > 0)
        {
            action.RetryPolicy = Retries(policy);
        }
        return action;
    }

    /// <summary>The same to a service; one that is a host name is called by that, since it knows no other.</summary>
    public static RouteAction To(string envoyCluster, ServiceRecord service, EffectivePolicy policy)
    {
        RouteAction action = To(envoyCluster, policy);
        if (service.ExternalName.Length > 0)
        {
            action.AutoHostRewrite = true;
        }
        return action;
    }

    /// <summary>The Envoy clusters that a route names.</summary>
    public static IEnumerable<string> ClustersOf(Route route) =>
        route.Route_?.WeightedClusters is { } weighted ? weighted.Clusters.Select(cluster => cluster.Name)
        : route.Route_?.Cluster is { Length: > 0 } only ? [only]
        : [];

    public static RouteAction WithoutTimeout() => new() { Timeout = new Duration() };
}
