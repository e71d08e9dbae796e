using ControlPlane.Tests.Unit.Resources;
using ControlPlane.Xds;
using Envoy.Config.Bootstrap.V3;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>Lets the real Envoy check what a proxy is served, without starting it.</summary>
public static class EnvoyValidation
{
    /// <summary>Puts the resources into a static bootstrap, routes inside their listeners, and runs <c>envoy --mode validate</c>.</summary>
    /// <returns>Its exit code and what it printed.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(ProxyResources resources)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("bootstrap.pb");
        await File.WriteAllBytesAsync(file, Bootstrap(resources).ToByteArray());
        await using ChildProcess envoy = await ChildProcess.RunAsync(Peer.Envoy, ["--mode", "validate", "-c", file, "-l", "warn"]);
        return (envoy.ExitCode, envoy.Output);
    }

    private static Bootstrap Bootstrap(ProxyResources resources)
    {
        Dictionary<string, RouteConfiguration> routes = All<RouteConfiguration>(resources, TypeUrls.RouteConfiguration).ToDictionary(route => route.Name);
        return new Bootstrap
        {
            Node = new Node { Id = "validated", Cluster = "validated" },
            StaticResources = new Bootstrap.Types.StaticResources
            {
                Clusters = { All<Cluster>(resources, TypeUrls.Cluster) },
                Listeners = { All<Listener>(resources, TypeUrls.Listener).Select(listener => WithRoutes(listener, routes)) },
            },
        };
    }

    private static IEnumerable<T> All<T>(ProxyResources resources, string typeUrl) where T : IMessage<T>, new() =>
        resources.Sets[typeUrl].Resources.Values.OrderBy(resource => resource.Name, StringComparer.Ordinal).Select(resource => resource.As<T>());

    private static Listener WithRoutes(Listener listener, Dictionary<string, RouteConfiguration> routes)
    {
        foreach (Filter filter in listener.FilterChains.SelectMany(chain => chain.Filters).Where(filter => filter.TypedConfig.Is(HttpConnectionManager.Descriptor)))
        {
            HttpConnectionManager manager = filter.TypedConfig.Unpack<HttpConnectionManager>();
            if (manager.Rds is { } asked)
            {
                manager.RouteConfig = routes[asked.RouteConfigName];
                filter.TypedConfig = Any.Pack(manager);
            }
        }
        return listener;
    }
}
