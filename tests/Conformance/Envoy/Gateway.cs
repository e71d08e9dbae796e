using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Tests.Conformance.RealEnvoy;

/// <summary>An HTTP listener and its routes, as an Envoy accepts them.</summary>
internal static class Gateway
{
    public const string Routes = "routes";

    public static Resource Listener(int port)
    {
        var http = new HttpConnectionManager
        {
            StatPrefix = "in",
            Rds = new Rds { RouteConfigName = Routes, ConfigSource = new ConfigSource { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 } },
            HttpFilters = { new HttpFilter { Name = "router", TypedConfig = Any.Pack(new Router()) } },
        };
        var listener = new Listener
        {
            Name = "in",
            Address = new Address { SocketAddress = new SocketAddress { Address = "127.0.0.1", PortValue = (uint)port } },
            FilterChains = { new FilterChain { Filters = { new Filter { Name = "http", TypedConfig = Any.Pack(http) } } } },
        };
        return Resource.Create(
            TypeUrls.Listener, "in", listener.ToByteArray(), references: [new ResourceReference(TypeUrls.RouteConfiguration, Routes)]);
    }

    public static Resource Route(string cluster)
    {
        var routes = new RouteConfiguration
        {
            Name = Routes,
            VirtualHosts =
            {
                new VirtualHost
                {
                    Name = "all",
                    Domains = { "*" },
                    Routes = { new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = new RouteAction { Cluster = cluster } } },
                },
            },
        };
        return Resource.Create(TypeUrls.RouteConfiguration, Routes, routes.ToByteArray(), references: [new ResourceReference(TypeUrls.Cluster, cluster)]);
    }

    /// <summary>A cluster whose ring is larger at least than at most: it never warms.</summary>
    public static Resource BrokenRing(string name)
    {
        // lb_policy = 6 (RING_HASH = 2), ring_hash_lb_config = 23 {minimum_ring_size = 1, maximum_ring_size = 4}
        byte[] ring = [0x30, 2, 0xBA, 1, 8, 0x0A, 2, 8, 100, 0x22, 2, 8, 10];
        byte[] cluster = Envoy.Service.Discovery.V3.DiscoveryResponse.Parser.ParseFrom(Hosting.Make.Cluster(name).Sotw.ToArray()).Resources[0].Value.ToByteArray();
        return Resource.Create(
            TypeUrls.Cluster, name, [.. cluster, .. ring], "ring.yaml", [new ResourceReference(TypeUrls.ClusterLoadAssignment, name)]);
    }
}
