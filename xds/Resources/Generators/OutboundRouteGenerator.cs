using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Naming;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Route.V3;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>
/// The routes of a sidecar's outbound HTTP listener: every HTTP port of every service that callers of a mesh may know, by host name, and the
/// public names of the mesh's ingress gateways.
/// </summary>
internal static class OutboundRouteGenerator
{
    public static RouteConfiguration Generate(IEnumerable<ServiceRecord> services, string mesh, string callerNamespace, RoutingContext context)
    {
        var routes = new RouteConfiguration { Name = EnvoyNames.OutboundHttp, ValidateClusters = false };
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (ServiceRecord service in services.OrderBy(service => service.Service))
        {
            routes.VirtualHosts.AddRange(HostsOf(service, mesh, callerNamespace, context, taken).Where(host => host.Domains.Count > 0));
        }
        routes.VirtualHosts.AddRange(PublicHosts(mesh, context, taken));
        return routes;
    }

    // What in-mesh callers call by the public name of a gateway of their own mesh needs no gateway: its routes are theirs, too.
    private static IEnumerable<VirtualHost> PublicHosts(string mesh, RoutingContext context, HashSet<string> taken)
    {
        foreach (Gateway gateway in context.PublicGatewaysOf(mesh))
        {
            foreach (int port in GatewayRoutes.Ports(gateway).Select(port => port.Key).OrderBy(port => port != 80).ThenBy(port => port))
            {
                foreach (VirtualHost host in GatewayRoutes.Generate(EnvoyNames.OutboundHttp, gateway, port, mesh, context).VirtualHosts.Where(host => host.Name != "*"))
                {
                    string[] domains = [.. ((string[])[host.Name, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host.Name}:{port}")]).Where(taken.Add)];
                    if (domains.Length > 0)
                    {
                        host.Name = domains[^1];
                        host.Domains.Clear();
                        host.Domains.AddRange(domains);
                        yield return host;
                    }
                }
            }
        }
    }

    private static IEnumerable<VirtualHost> HostsOf(ServiceRecord service, string mesh, string callerNamespace, RoutingContext context, HashSet<string> taken)
    {
        int[] httpPorts = [.. service.Ports.Where(port => port.Protocol.IsHttp()).Select(port => port.Port)];
        return
            // Single endpoints of another mesh have no names here: a gateway is called in their place.
            from subset in ServiceSubset.Of(service, context)
            where service.Service.Mesh == mesh || !subset.IsEndpoint
            from port in httpPorts
            let cluster = EnvoyNames.Cluster(service.Service, port, subset.Name)
            select new VirtualHost
            {
                Name = cluster,
                Domains = { HostNames.Of(service.Service, subset.Name, service.IsExported, port, httpPorts, mesh, callerNamespace).Where(taken.Add) },
                Routes =
                {
                    new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = RouteActions.To(cluster, service, context.PolicyOf(service.Service)) },
                },
            };
    }
}
