using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Naming;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>
/// The routes of a port of an ingress gateway, from the HTTPRoutes that attach to its listeners there. Order and meaning are those of the Gateway
/// API (https://gateway-api.sigs.k8s.io/reference/spec/).
/// </summary>
internal static class GatewayRoutes
{
    /// <summary>All ports of a gateway, each with its listeners.</summary>
    public static IEnumerable<IGrouping<int, GatewayListener>> Ports(Gateway gateway) => gateway.Listeners.GroupBy(listener => listener.Port);

    public static RouteConfiguration Generate(string name, Gateway gateway, int port, string mesh, RoutingContext context)
    {
        var hosts = new SortedDictionary<string, List<RankedRoute>>(StringComparer.Ordinal);
        foreach (HttpRoute route in context.Snapshot.Objects<HttpRoute>().OrderBy(route => route.Reference, StringComparer.Ordinal))
        {
            foreach (string host in HostsOf(route, gateway, port, context))
            {
                if (!hosts.TryGetValue(host, out List<RankedRoute>? routes))
                {
                    hosts[host] = routes = [];
                }
                routes.AddRange(RoutesOf(route, mesh, context));
            }
        }
        return new RouteConfiguration
        {
            Name = name,
            ValidateClusters = false,
            VirtualHosts =
            {
                hosts.Select(host => new VirtualHost
                {
                    Name = host.Key,
                    Domains = { host.Key },
                    Routes = { host.Value.Order().Select(route => route.Route) },
                }),
            },
        };
    }

    /// <summary>The services and ports that the gateway's routes name and that are there.</summary>
    public static IEnumerable<(ServiceRecord Service, ServicePort Port)> BackendsOf(Gateway gateway, string mesh, RoutingContext context) =>
        (from route in context.Snapshot.Objects<HttpRoute>()
         where Ports(gateway).Any(port => HostsOf(route, gateway, port.Key, context).Count > 0)
         from rule in route.Rules
         from backend in rule.Backends
         let found = Find(route, backend, mesh, context)
         where found is not null
         select found.Value).DistinctBy(found => (found.Service.Service, found.Port.Port));

    // The host names a route has at a port: those that it and a listener that it attaches to have in common.
    private static HashSet<string> HostsOf(HttpRoute route, Gateway gateway, int port, RoutingContext context)
    {
        var hosts = new HashSet<string>(StringComparer.Ordinal);
        foreach (ParentReference parent in route.Parents)
        {
            if (parent.Name != gateway.Name || parent.Namespace != gateway.Namespace || (parent.Port != 0 && parent.Port != port))
            {
                continue;
            }
            foreach (GatewayListener listener in gateway.Listeners)
            {
                bool attaches = listener.Port == port
                    && (parent.SectionName.Length == 0 || parent.SectionName == listener.Name)
                    && Admits(listener, route, gateway, context);
                if (attaches)
                {
                    hosts.UnionWith(InCommon(listener.Hostname, route.Hostnames));
                }
            }
        }
        return hosts;
    }

    private static bool Admits(GatewayListener listener, HttpRoute route, Gateway gateway, RoutingContext context) => listener.RoutesFrom switch
    {
        RoutesFrom.All => true,
        RoutesFrom.Selector => listener.Selector is { } selector && context.Selects(selector, route.Namespace),
        _ => route.Namespace == gateway.Namespace,
    };

    private static IEnumerable<string> InCommon(string listener, ValueList<string> route)
    {
        if (route.IsEmpty)
        {
            return [listener.Length == 0 ? "*" : listener];
        }
        return listener.Length == 0
            ? route
            : route.Select(host => Covers(listener, host) ? host : Covers(host, listener) ? listener : "").Where(host => host.Length > 0);
    }

    private static bool Covers(string pattern, string host) =>
        pattern == host || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.Ordinal) && host.Length > pattern.Length - 1);

    private static IEnumerable<RankedRoute> RoutesOf(HttpRoute route, string mesh, RoutingContext context)
    {
        var everything = new HttpMatch(PathMatchType.PathPrefix, "/", default, "");
        foreach (HttpRouteRule rule in route.Rules)
        {
            foreach (HttpMatch match in rule.Matches.IsEmpty ? [everything] : rule.Matches)
            {
                var made = new Route { Match = MatchOf(match) };
                if (ActionOf(route, rule, mesh, context) is { } action)
                {
                    made.Route_ = action;
                }
                else
                {
                    made.DirectResponse = new DirectResponseAction { Status = 500 };
                }
                yield return new RankedRoute(match, made);
            }
        }
    }

    private static RouteMatch MatchOf(HttpMatch match)
    {
        var made = new RouteMatch();
        switch (match.PathType)
        {
            case PathMatchType.Exact:
                made.Path = match.Path;
                break;
            case PathMatchType.RegularExpression:
                made.SafeRegex = new RegexMatcher { Regex = match.Path };
                break;
            case PathMatchType.PathPrefix when match.Path.TrimEnd('/').Length == 0:
                made.Prefix = "/";
                break;
            default:
                made.PathSeparatedPrefix = match.Path.TrimEnd('/');
                break;
        }
        if (match.Method.Length > 0)
        {
            made.Headers.Add(new HeaderMatcher { Name = ":method", StringMatch = new StringMatcher { Exact = match.Method } });
        }
        made.Headers.AddRange(match.Headers.Select(header => new HeaderMatcher
        {
            Name = header.Name,
            StringMatch = header.IsRegularExpression
                ? new StringMatcher { SafeRegex = new RegexMatcher { Regex = header.Value } }
                : new StringMatcher { Exact = header.Value },
        }));
        return made;
    }

    // Null: nothing that could answer, which is 500. A backend that is not there keeps its share of the requests, and they are answered 500.
    private static RouteAction? ActionOf(HttpRoute route, HttpRouteRule rule, string mesh, RoutingContext context)
    {
        BackendReference[] backends = [.. rule.Backends.Where(backend => backend.Weight > 0)];
        if (backends.All(backend => Find(route, backend, mesh, context) is null))
        {
            return null;
        }
        RouteAction action = RouteActions.WithoutTimeout();
        action.ClusterNotFoundResponseCode = RouteAction.Types.ClusterNotFoundResponseCode.InternalServerError;
        action.RetryPolicy = RouteActions.Retries(context.PolicyOf(ServiceOf(backends[0], mesh)));
        if (backends is [var only])
        {
            action.Cluster = ClusterOf(only, mesh);
            return action;
        }
        action.WeightedClusters = new WeightedCluster
        {
            Clusters =
            {
                backends.Select(backend => new WeightedCluster.Types.ClusterWeight { Name = ClusterOf(backend, mesh), Weight = (uint)backend.Weight }),
            },
        };
        return action;
    }

    // A backend in another namespace needs a ReferenceGrant, which is not supported yet: it counts as not there. So does a host name: through a gateway
    // it would open to everybody whatever the gateway's network reaches, and the Gateway API advises against it.
    private static (ServiceRecord Service, ServicePort Port)? Find(HttpRoute route, BackendReference backend, string mesh, RoutingContext context) =>
        backend.Namespace == route.Namespace
        && context.Snapshot.Services.TryGetValue(ServiceOf(backend, mesh), out ServiceRecord? service)
        && service.ExternalName.Length == 0
        && service.Ports.FirstOrDefault(port => port.Port == backend.Port) is { } port
            ? (service, port)
            : null;

    private static ServiceId ServiceOf(BackendReference backend, string mesh) => new(mesh, backend.Namespace, backend.Name);

    private static string ClusterOf(BackendReference backend, string mesh) => EnvoyNames.Cluster(ServiceOf(backend, mesh), backend.Port);

    /// <summary>Exact paths first, then regular expressions, then prefixes, longer ones first; then those with a method; then those with more headers.</summary>
    private sealed record RankedRoute(HttpMatch Match, Route Route) : IComparable<RankedRoute>
    {
        public int CompareTo(RankedRoute? other)
        {
            HttpMatch theirs = other!.Match;
            int result = RankOf(Match.PathType).CompareTo(RankOf(theirs.PathType));
            result = result != 0 ? result : theirs.Path.Length.CompareTo(Match.Path.Length);
            result = result != 0 ? result : (theirs.Method.Length > 0).CompareTo(Match.Method.Length > 0);
            return result != 0 ? result : theirs.Headers.Count.CompareTo(Match.Headers.Count);
        }

        private static int RankOf(PathMatchType type) => type switch
        {
            PathMatchType.Exact => 0,
            PathMatchType.RegularExpression => 1,
            _ => 2,
        };
    }
}
