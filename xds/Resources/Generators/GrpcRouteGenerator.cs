using Envoy.Config.Route.V3;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>The routes of a gRPC client's target: all of it to one Envoy cluster.</summary>
internal static class GrpcRouteGenerator
{
    public static RouteConfiguration Generate(string name, string envoyCluster) => new()
    {
        Name = name,
        VirtualHosts =
        {
            new VirtualHost
            {
                Name = envoyCluster,
                Domains = { "*" },
                Routes = { new Route { Match = new RouteMatch { Prefix = "" }, Route_ = new RouteAction { Cluster = envoyCluster } } },
            },
        },
    };
}
