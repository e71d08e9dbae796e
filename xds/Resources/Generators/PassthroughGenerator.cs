using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Listener.TlsInspector.V3;
using Envoy.Extensions.Filters.Network.SniCluster.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.WellKnownTypes;
using EnvoyCluster = Envoy.Config.Cluster.V3.Cluster;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>What gateways that pass mutual TLS on are made of: they see the SNI, which names the Envoy cluster, and nothing else.</summary>
internal static class PassthroughGenerator
{
    /// <param name="meshes">Whose services may be named. Nothing else is passed on.</param>
    public static Listener Listener(string name, string address, int port, IEnumerable<string> meshes) => new()
    {
        Name = name,
        StatPrefix = name,
        Address = Addresses.Of(address, port),
        TrafficDirection = TrafficDirection.Inbound,
        ListenerFilters =
        {
            new ListenerFilter { Name = "envoy.filters.listener.tls_inspector", TypedConfig = Any.Pack(new TlsInspector()) },
        },
        FilterChains =
        {
            new FilterChain
            {
                FilterChainMatch = new FilterChainMatch { ServerNames = { meshes.Select(EnvoyNames.AnyOfMesh) } },
                Filters =
                {
                    new Filter { Name = "envoy.filters.network.sni_cluster", TypedConfig = Any.Pack(new SniCluster()) },
                    // Of several hosts one may be gone: whoever called knows none of them, and cannot try another.
                    new Filter
                    {
                        Name = "envoy.filters.network.tcp_proxy",
                        TypedConfig = Any.Pack(new TcpProxy { StatPrefix = name, Cluster = "no-sni", MaxConnectAttempts = 3 }),
                    },
                },
            },
        },
    };

    /// <summary>The Envoy cluster of a service's port: bytes in, bytes out. What does not answer is ejected here, since whoever called sees only the gateway.</summary>
    public static EnvoyCluster Cluster(string name)
    {
        EnvoyCluster cluster = ClusterGenerator.Of(name, EnvoyCluster.Types.DiscoveryType.Eds, withRetryBudget: false);
        cluster.EdsClusterConfig = new EnvoyCluster.Types.EdsClusterConfig { EdsConfig = ConfigSources.Ads };
        cluster.LbPolicy = EnvoyCluster.Types.LbPolicy.RoundRobin;
        cluster.CommonLbConfig = new EnvoyCluster.Types.CommonLbConfig
        {
            HealthyPanicThreshold = new Envoy.Type.V3.Percent(),
            LocalityWeightedLbConfig = new EnvoyCluster.Types.CommonLbConfig.Types.LocalityWeightedLbConfig(),
        };
        cluster.OutlierDetection = ClusterGenerator.OfEndpoints;
        return cluster;
    }

    /// <summary>The name of the listener.</summary>
    public static string ListenerName(RegionGateway gateway) => gateway.Role == GatewayRole.Egress ? EnvoyNames.Egress(gateway.Port) : EnvoyNames.EastWest(gateway.Port);
}
