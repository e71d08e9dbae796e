using ControlPlane.Model;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.Filters.Network.TcpProxy.V3;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>Listeners: a sidecar's outbound and inbound ones, a gateway's, and those of gRPC clients.</summary>
internal static class ListenerGenerator
{
    /// <summary>The port of the outbound HTTP listener.</summary>
    public const int OutboundHttpPort = 15001;

    public static Listener OutboundHttp(string address) =>
        Of(EnvoyNames.OutboundHttp, address, OutboundHttpPort, TrafficDirection.Outbound, Http(EnvoyNames.OutboundHttp, EnvoyNames.OutboundHttp));

    public static Listener OutboundTcp(string envoyCluster, string address, int port) =>
        Of(EnvoyNames.OutboundTcp(envoyCluster), address, port, TrafficDirection.Outbound, Tcp(envoyCluster));

    /// <summary>A port of the local application.</summary>
    /// <param name="tls">Null: its mesh has no certificates.</param>
    public static Listener Inbound(InboundPort inbound, string address, InboundTls? tls = null)
    {
        string name = EnvoyNames.Inbound(inbound.Port);
        Filter filter = inbound.Protocol.IsHttp() ? Pack(InboundManager(name, tls)) : Tcp(name);
        Listener listener = Of(name, address, inbound.Listen, TrafficDirection.Inbound, filter);
        if (tls is { HasIdentity: true })
        {
            InboundChains.Encrypt(listener, inbound.Protocol, tls);
        }
        return listener;
    }

    private static HttpConnectionManager InboundManager(string envoyCluster, InboundTls? tls)
    {
        HttpConnectionManager manager = ManagerTo(envoyCluster);
        if (tls is not null)
        {
            manager.HttpFilters.Insert(0, CallerHeader.Filter(tls.Mesh.TrustDomain));
        }
        if (tls is { HasIdentity: true })
        {
            TellOfCertificate(manager);
        }
        return manager;
    }

    // What the application is told of its caller is what the certificate says, whatever the caller has written there.
    private static void TellOfCertificate(HttpConnectionManager manager)
    {
        manager.ForwardClientCertDetails = HttpConnectionManager.Types.ForwardClientCertDetails.SanitizeSet;
        manager.SetCurrentClientCertDetails = new HttpConnectionManager.Types.SetCurrentClientCertDetails { Subject = true, Uri = true };
    }

    /// <summary>All requests of callers with a certificate to one Envoy cluster, tried again as a policy says.</summary>
    /// <param name="header">What is added to them.</param>
    public static Filter HttpToVerified(string envoyCluster, EffectivePolicy policy, HeaderValueOption header)
    {
        HttpConnectionManager manager = ManagerTo(envoyCluster);
        Route route = manager.RouteConfig.VirtualHosts[0].Routes[0];
        route.Route_ = RouteActions.To(envoyCluster, policy);
        route.RequestHeadersToAdd.Add(header);
        TellOfCertificate(manager);
        return Pack(manager);
    }

    /// <summary>A listener that only this proxy's own clusters reach; the Envoy cluster that it sends to has its name.</summary>
    /// <param name="mostBytes">Of a request or answer that a filter keeps as a whole.</param>
    /// <param name="filter">What a request goes through; null: nothing.</param>
    /// <param name="host">What the host of requests becomes.</param>
    public static Listener Internal(string name, uint mostBytes, HttpFilter? filter, string host)
    {
        HttpConnectionManager manager = ManagerTo(name);
        RouteAction action = manager.RouteConfig.VirtualHosts[0].Routes[0].Route_;
        action.HostRewriteLiteral = host;
        // A connection that the other side has just closed looks like an answer of the function to whoever called, and is not tried again there.
        action.RetryPolicy = RouteActions.Retries(EffectivePolicy.Default);
        if (filter is not null)
        {
            manager.HttpFilters.Insert(0, filter);
        }
        return new Listener
        {
            Name = name,
            StatPrefix = name,
            InternalListener = new Listener.Types.InternalListenerConfig(),
            PerConnectionBufferLimitBytes = mostBytes,
            TrafficDirection = TrafficDirection.Outbound,
            FilterChains = { new FilterChain { Filters = { Pack(manager) } } },
        };
    }

    /// <summary>A port of an ingress gateway. Its routes have the listener's name.</summary>
    public static Listener Gateway(string name, string address, int port)
    {
        HttpConnectionManager manager = Manager(name);
        manager.Rds = new Rds { RouteConfigName = name, ConfigSource = ConfigSources.Ads };
        // The edge sees clients themselves, and what they send is not to be believed.
        manager.UseRemoteAddress = true;
        manager.NormalizePath = true;
        manager.MergeSlashes = true;
        manager.PathWithEscapedSlashesAction = HttpConnectionManager.Types.PathWithEscapedSlashesAction.UnescapeAndRedirect;
        // The Gateway API matches host names whatever port a client put into the header.
        manager.StripAnyHostPort = true;
        return Of(name, address, port, TrafficDirection.Inbound, Pack(manager));
    }

    /// <summary>What a gRPC client gets for a target: the routes have the same name.</summary>
    public static Listener Grpc(string name)
    {
        HttpConnectionManager manager = Manager("grpc");
        manager.Rds = new Rds { RouteConfigName = name, ConfigSource = ConfigSources.Ads };
        return new Listener { Name = name, ApiListener = new ApiListener { ApiListener_ = Any.Pack(manager) } };
    }

    private static Listener Of(string name, string address, int port, TrafficDirection direction, Filter filter) => new()
    {
        Name = name,
        StatPrefix = name,
        Address = Addresses.Of(address, port),
        TrafficDirection = direction,
        FilterChains = { new FilterChain { Filters = { filter } } },
    };

    private static Filter Http(string statPrefix, string routes)
    {
        HttpConnectionManager manager = Manager(statPrefix);
        manager.Rds = new Rds { RouteConfigName = routes, ConfigSource = ConfigSources.Ads };
        return Pack(manager);
    }

    private static HttpConnectionManager ManagerTo(string envoyCluster)
    {
        HttpConnectionManager manager = Manager(envoyCluster);
        manager.RouteConfig = new RouteConfiguration
        {
            Name = envoyCluster,
            VirtualHosts =
            {
                new VirtualHost
                {
                    Name = envoyCluster,
                    Domains = { "*" },
                    Routes = { new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = WithCluster(RouteActions.WithoutTimeout(), envoyCluster) } },
                },
            },
        };
        return manager;
    }

    private static RouteAction WithCluster(RouteAction action, string envoyCluster)
    {
        action.Cluster = envoyCluster;
        return action;
    }

    private static HttpConnectionManager Manager(string statPrefix) => new()
    {
        StatPrefix = statPrefix,
        HttpFilters = { new HttpFilter { Name = "envoy.filters.http.router", TypedConfig = Any.Pack(new Router()) } },
        UpgradeConfigs = { new HttpConnectionManager.Types.UpgradeConfig { UpgradeType = "websocket" } },
    };

    private static Filter Pack(HttpConnectionManager manager) =>
        new() { Name = "envoy.filters.network.http_connection_manager", TypedConfig = Any.Pack(manager) };

    /// <summary>All bytes to one Envoy cluster.</summary>
    public static Filter Tcp(string envoyCluster) => new()
    {
        Name = "envoy.filters.network.tcp_proxy",
        TypedConfig = Any.Pack(new TcpProxy { StatPrefix = envoyCluster, Cluster = envoyCluster, MaxConnectAttempts = 3 }),
    };
}
