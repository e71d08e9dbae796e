using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Xds.Resources.Naming;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Route.V3;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>The routes of a sidecar's outbound HTTP listener: every HTTP port of every service of a mesh, by host name.</summary>
internal static class OutboundRouteGenerator
{
    public static RouteConfiguration Generate(IEnumerable<ServiceRecord> services, string callerNamespace, RoutingContext context)
    {
        var routes = new RouteConfiguration { Name = EnvoyNames.OutboundHttp, ValidateClusters = false };
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (ServiceRecord service in services.OrderBy(service => service.Service))
        {
            routes.VirtualHosts.AddRange(HostsOf(service, callerNamespace, context, taken).Where(host => host.Domains.Count > 0));
        }
        return routes;
    }

    private static IEnumerable<VirtualHost> HostsOf(ServiceRecord service, string callerNamespace, RoutingContext context, HashSet<string> taken)
    {
        int[] httpPorts = [.. service.Ports.Where(port => port.Protocol.IsHttp()).Select(port => port.Port)];
        return
            from subset in ServiceShape.Of(service).Subsets
            from port in httpPorts
            let cluster = EnvoyNames.Cluster(service.Service, port, subset)
            select new VirtualHost
            {
                Name = cluster,
                Domains = { HostNames.Of(service.Service, subset, service.IsExported, port, httpPorts, callerNamespace).Where(taken.Add) },
                Routes =
                {
                    new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = RouteActions.To(cluster, service, context.PolicyOf(service.Service)) },
                },
            };
    }
}
