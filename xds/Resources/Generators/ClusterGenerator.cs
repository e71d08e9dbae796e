using ControlPlane.Model;
using ControlPlane.Routing;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using EnvoyCluster = Envoy.Config.Cluster.V3.Cluster;
using EnvoyEndpoint = Envoy.Config.Endpoint.V3.Endpoint;
using HttpProtocolOptions = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>Envoy clusters: of a service's port, and of a port of the local application.</summary>
internal static class ClusterGenerator
{
    private const string HttpOptions = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private static readonly Duration ConnectTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(2));
    // What starts again takes seconds, not Envoy's half a minute, and is not kept out for long after its registry has said that it is well.
    private static readonly Duration EjectionTime = Duration.FromTimeSpan(TimeSpan.FromSeconds(5));
    private static readonly Duration EjectionCheck = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
    // Behind a gateway that passes TLS on, shares are per connection: old ones must not stay where they are for ever.
    private static readonly TimeSpan GatewayConnection = TimeSpan.FromSeconds(60);
    // An open connection keeps the certificates that it began with.
    private static readonly TimeSpan TlsConnection = TimeSpan.FromHours(1);

    /// <summary>
    /// The Envoy cluster of a service's port: the same in every view. Locality weights are always on, since switching them would warm the
    /// cluster again; health is never ignored unless a policy says so.
    /// </summary>
    /// <param name="isBehindGateways">Whether gateways may be among its hosts: one bad replica behind a gateway does not eject that.</param>
    /// <param name="tls">How mutual TLS is spoken to those hosts that do; null: to none.</param>
    public static EnvoyCluster OfService(string name, Protocol protocol, EffectivePolicy policy, bool isBehindGateways = false, UpstreamTls? tls = null)
    {
        EnvoyCluster cluster = Balanced(name, protocol, policy);
        if (isBehindGateways)
        {
            cluster.OutlierDetection = OfGateways;
            LimitConnections(cluster, protocol, GatewayConnection);
        }
        if (tls is not null)
        {
            cluster.TransportSocketMatches.AddRange(MtlsSockets.Upstream(tls));
            if (!isBehindGateways)
            {
                LimitConnections(cluster, protocol, TlsConnection);
            }
        }
        cluster.Type = EnvoyCluster.Types.DiscoveryType.Eds;
        cluster.EdsClusterConfig = new EnvoyCluster.Types.EdsClusterConfig { EdsConfig = ConfigSources.Ads };
        return cluster;
    }

    /// <summary>The Envoy cluster of a port of a service that is a host name.</summary>
    /// <param name="isProxyless">gRPC clients know LOGICAL_DNS only.</param>
    public static EnvoyCluster OfHostName(string name, ServicePort port, string host, EffectivePolicy policy, bool isProxyless)
    {
        EnvoyCluster cluster = Balanced(name, port.Protocol, policy);
        cluster.Type = isProxyless ? EnvoyCluster.Types.DiscoveryType.LogicalDns : EnvoyCluster.Types.DiscoveryType.StrictDns;
        Resolve(cluster, host, port.Port);
        return cluster;
    }

    /// <summary>Makes the cluster send to a host name.</summary>
    public static void Resolve(EnvoyCluster cluster, string host, int port)
    {
        cluster.LoadAssignment = OneAddress(cluster.Name, host, port);
        // Many networks have no way for IPv6, and names that have both families are everywhere.
        cluster.DnsLookupFamily = EnvoyCluster.Types.DnsLookupFamily.V4Preferred;
        // A name that nobody answers for must not hold up everything else when Envoy starts.
        cluster.WaitForWarmOnInit = false;
    }

    private static EnvoyCluster Balanced(string name, Protocol protocol, EffectivePolicy policy)
    {
        var cluster = new EnvoyCluster
        {
            Name = name,
            ConnectTimeout = ConnectTimeout,
            LbPolicy = EnvoyCluster.Types.LbPolicy.RoundRobin,
            CommonLbConfig = new EnvoyCluster.Types.CommonLbConfig
            {
                HealthyPanicThreshold = new Percent { Value = policy.PanicThreshold },
                LocalityWeightedLbConfig = new EnvoyCluster.Types.CommonLbConfig.Types.LocalityWeightedLbConfig(),
            },
            CircuitBreakers = Unlimited(withRetryBudget: true),
            OutlierDetection = OfEndpoints,
        };
        SpeakHttp2(cluster, protocol);
        return cluster;
    }

    /// <summary>One without opinions about health: who calls it has them.</summary>
    public static EnvoyCluster Of(string name, EnvoyCluster.Types.DiscoveryType type, bool withRetryBudget) =>
        new() { Name = name, Type = type, ConnectTimeout = ConnectTimeout, CircuitBreakers = Unlimited(withRetryBudget) };

    /// <summary>The application beside a sidecar.</summary>
    public static EnvoyCluster OfApplication(string name, int port, Protocol protocol)
    {
        EnvoyCluster cluster = Of(name, EnvoyCluster.Types.DiscoveryType.Static, withRetryBudget: false);
        cluster.LoadAssignment = OneAddress(name, "127.0.0.1", port);
        SpeakHttp2(cluster, protocol);
        return cluster;
    }

    /// <summary>What is not told to Envoy by EDS: a single address, or host name.</summary>
    private static ClusterLoadAssignment OneAddress(string name, string host, int port) => new()
    {
        ClusterName = name,
        Endpoints = { new LocalityLbEndpoints { LbEndpoints = { new LbEndpoint { Endpoint = new EnvoyEndpoint { Address = Addresses.Of(host, port) } } } } },
    };

    // Envoy's own limits of 1,024 are for proxies that know nothing of what they call. Three retries at a time would lose requests.
    private static CircuitBreakers Unlimited(bool withRetryBudget)
    {
        var thresholds = new CircuitBreakers.Types.Thresholds
        {
            MaxConnections = 1_000_000,
            MaxPendingRequests = 1_000_000,
            MaxRequests = 1_000_000,
        };
        if (withRetryBudget)
        {
            thresholds.RetryBudget = new CircuitBreakers.Types.Thresholds.Types.RetryBudget
            {
                BudgetPercent = new Percent { Value = 25 },
                // A proxy with few requests under way must still be able to try all of them again when the only host of a tier has died.
                // What had waited for a connection into a network that is gone fails all at once: seconds of requests.
                MinRetryConcurrency = 1000,
            };
        }
        return new CircuitBreakers { Thresholds = { thresholds } };
    }

    /// <summary>Endpoints that are called as they are: answers are theirs, too.</summary>
    public static OutlierDetection OfEndpoints => new()
    {
        Interval = EjectionCheck,
        BaseEjectionTime = EjectionTime,
        Consecutive5Xx = 5,
        MaxEjectionPercent = 50,
        AlwaysEjectOneHost = true,
        EnforcingSuccessRate = 0,
    };

    // A connection that cannot be made is the gateway's fault; an answer is that of what is behind it.
    private static OutlierDetection OfGateways => new()
    {
        EnforcingConsecutive5Xx = 0,
        EnforcingConsecutiveGatewayFailure = 0,
        EnforcingSuccessRate = 0,
        EnforcingLocalOriginSuccessRate = 0,
        SplitExternalLocalOriginErrors = true,
        Interval = EjectionCheck,
        BaseEjectionTime = EjectionTime,
        ConsecutiveLocalOriginFailure = 5,
        EnforcingConsecutiveLocalOriginFailure = 100,
        MaxEjectionPercent = 50,
        AlwaysEjectOneHost = true,
    };

    private static void LimitConnections(EnvoyCluster cluster, Protocol protocol, TimeSpan longest)
    {
        if (!protocol.IsHttp())
        {
            return;
        }
        HttpProtocolOptions options = cluster.TypedExtensionProtocolOptions.TryGetValue(HttpOptions, out Any? known)
            ? known.Unpack<HttpProtocolOptions>()
            : new HttpProtocolOptions
            {
                ExplicitHttpConfig = new HttpProtocolOptions.Types.ExplicitHttpConfig { HttpProtocolOptions = new Http1ProtocolOptions() },
            };
        options.CommonHttpProtocolOptions = new Envoy.Config.Core.V3.HttpProtocolOptions { MaxConnectionDuration = Duration.FromTimeSpan(longest) };
        cluster.TypedExtensionProtocolOptions[HttpOptions] = Any.Pack(options);
    }

    private static void SpeakHttp2(EnvoyCluster cluster, Protocol protocol)
    {
        if (protocol is Protocol.Http2 or Protocol.Grpc)
        {
            var options = new HttpProtocolOptions
            {
                ExplicitHttpConfig = new HttpProtocolOptions.Types.ExplicitHttpConfig { Http2ProtocolOptions = new Http2ProtocolOptions() },
            };
            cluster.TypedExtensionProtocolOptions[HttpOptions] = Any.Pack(options);
        }
    }
}
