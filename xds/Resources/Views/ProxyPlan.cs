using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>Which scopes a proxy gets: what it shares with whom follows from their keys.</summary>
/// <param name="gateway">The gateway that it is one of; null: none, or an ingress gateway.</param>
/// <param name="identity">The SPIFFE id whose certificate it gets; null: none.</param>
internal sealed class ProxyPlan(ProxyMetadata proxy, Cluster cluster, Locality locality, RegionGateway? gateway, string? identity)
{
    private readonly string mesh = cluster.Mesh;
    private readonly bool hasIdentity = identity is not null;

    /// <summary>All scopes that must be there for it, in the order in which they follow changes.</summary>
    public IEnumerable<Scope> Scopes(ViewHost host) => proxy.Kind switch
    {
        ProxyKind.Gateway when gateway is { Role: GatewayRole.EastWest or GatewayRole.Egress } => Passthrough(host, gateway),
        ProxyKind.Gateway when gateway is { Role: GatewayRole.Internal } => Internal(host, gateway),
        ProxyKind.Gateway => Gateway(host),
        ProxyKind.Grpc => Grpc(host),
        _ => Sidecar(host),
    };

    /// <summary>The scopes it is sent: of each type the last one.</summary>
    public static IEnumerable<Scope> Served(IEnumerable<Scope> scopes) =>
        scopes.GroupBy(scope => scope.Set.TypeUrl).Select(ofType => ofType.Last());

    private IEnumerable<Scope> Sidecar(ViewHost host)
    {
        Scope clusters = MeshClusters(host);
        yield return clusters;
        if (!proxy.Inbound.IsEmpty)
        {
            string inbound = string.Join(' ', proxy.Inbound);
            yield return Share(host, ("inbound", mesh, cluster.Network, hasIdentity, inbound), key => new ExtendedScope(
                TypeUrls.Cluster, clusters, [.. proxy.Inbound.Select(ResourceFactory.ApplicationCluster)]) { Key = key });
        }
        foreach (Scope secrets in Secrets(host))
        {
            yield return secrets;
        }
        yield return Assignments(host);
        string listeners = $"{proxy.OutboundAddress} {proxy.Address} {string.Join(' ', proxy.Inbound)}";
        yield return Share(host, ("listeners", mesh, hasIdentity, listeners), key => new WholeScope(
            TypeUrls.Listener, context => ResourceFactory.SidecarListeners(mesh, hasIdentity, proxy, context)) { Key = key });
        string ns = proxy.Namespace;
        yield return Share(host, ("routes", mesh, ns), key => new WholeScope(
            TypeUrls.RouteConfiguration, context => ResourceFactory.OutboundRoutes(mesh, ns, context)) { Key = key });
    }

    private IEnumerable<Scope> Gateway(ViewHost host)
    {
        (string ns, string name) = (proxy.Namespace, proxy.Gateway);
        var view = new ClusterView(mesh, cluster.Network, hasIdentity);
        yield return Share(host, ("gateway-clusters", view, ns, name), key => new WholeScope(
            TypeUrls.Cluster, context => ResourceFactory.GatewayClusters(ns, name, view, context)) { Key = key });
        foreach (Scope secrets in Secrets(host))
        {
            yield return secrets;
        }
        yield return Assignments(host);
        yield return Share(host, ("gateway-listeners", mesh, ns, name, proxy.Address), key => new WholeScope(
            TypeUrls.Listener, context => ResourceFactory.GatewayListeners(ns, name, mesh, proxy, context)) { Key = key });
        yield return Share(host, ("gateway-routes", mesh, ns, name), key => new WholeScope(
            TypeUrls.RouteConfiguration, context => ResourceFactory.GatewayRouteConfigurations(ns, name, mesh, context)) { Key = key });
    }

    // It sees only which service is meant: it has no keys, and its clusters no sockets.
    private IEnumerable<Scope> Passthrough(ViewHost host, RegionGateway own)
    {
        yield return Share(host, ("passthrough-clusters", mesh), key => new ServiceScope(
            TypeUrls.Cluster, mesh, followsEndpoints: false, RegionGatewayResources.PassthroughClusters) { Key = key });
        yield return Assignments(host, own.Role == GatewayRole.Egress ? CallerRole.Egress : CallerRole.EastWest);
        yield return Share(host, ("passthrough-listeners", own.Name, proxy.Address), key => new WholeScope(
            TypeUrls.Listener, context => RegionGatewayResources.PassthroughListeners(own.Name, proxy, context)) { Key = key });
    }

    // It calls the services of its mesh, and shows callers of other meshes the certificates that it has there.
    private IEnumerable<Scope> Internal(ViewHost host, RegionGateway own)
    {
        var view = new ClusterView(mesh, cluster.Network, hasIdentity);
        yield return Share(host, ("exported-clusters", view), key => new ServiceScope(
            TypeUrls.Cluster, mesh, followsEndpoints: false, (service, context) => RegionGatewayResources.ExportedClusters(service, context, view)) { Key = key });
        Scope[] secrets = [.. Secrets(host)];
        foreach (Scope secret in secrets)
        {
            yield return secret;
        }
        // Those are for nobody but the gateway itself.
        if (secrets.Length > 0 && new Uri(identity!).AbsolutePath == new Uri(SpiffeIds.Gateway("any", own.Name)).AbsolutePath)
        {
            yield return Share(host, ("gateway-secrets", mesh, own.Name), key => new IdentityScope(
                secrets[^1], context => RegionGatewayResources.GatewaySecrets(mesh, own.Name, context)) { Key = key });
        }
        yield return Assignments(host, CallerRole.Internal);
        yield return Share(host, ("internal-listeners", own.Name, proxy.Address), key => new WholeScope(
            TypeUrls.Listener, context => RegionGatewayResources.InternalGatewayListeners(own.Name, proxy, context), followsCertificates: true) { Key = key });
    }

    // gRPC clients know no overprovisioning: their shares are computed here.
    private IEnumerable<Scope> Grpc(ViewHost host)
    {
        var view = new ClusterView(mesh, cluster.Network, HasIdentity: false, IsProxyless: true);
        yield return Share(host, ("grpc-clusters", view), key => new ServiceScope(
            TypeUrls.Cluster, mesh, followsEndpoints: false, (service, context) => ResourceFactory.GrpcClusters(service, context, view)) { Key = key });
        yield return Assignments(host, CallerRole.Proxyless);
        yield return Share(host, ("grpc-listeners", mesh), key => new ServiceScope(
            TypeUrls.Listener, mesh, followsEndpoints: false, ResourceFactory.GrpcListeners) { Key = key });
        yield return Share(host, ("grpc-routes", mesh), key => new ServiceScope(
            TypeUrls.RouteConfiguration, mesh, followsEndpoints: false, ResourceFactory.GrpcRoutes) { Key = key });
    }

    private IEnumerable<Scope> Secrets(ViewHost host)
    {
        if (identity is not null)
        {
            Scope peers = Share(host, ("peers", mesh), key => new ServiceScope(
                TypeUrls.Secret, mesh, followsEndpoints: true, new PeerSource(mesh).Generate) { Key = key });
            yield return peers;
            yield return Share(host, ("identity", mesh, identity), key => new IdentityScope(
                peers, context => ResourceFactory.IdentitySecrets(mesh, identity, context)) { Key = key });
        }
    }

    private Scope MeshClusters(ViewHost host)
    {
        var view = new ClusterView(mesh, cluster.Network, hasIdentity);
        return Share(host, ("clusters", view), key => new ServiceScope(
            TypeUrls.Cluster, mesh, followsEndpoints: false, (service, context) => ResourceFactory.Clusters(service, context, view)) { Key = key });
    }

    private Scope Assignments(ViewHost host, CallerRole role = CallerRole.Proxy)
    {
        var view = new RoutingView(mesh, cluster.Network, locality, cluster.Name, role) { HasIdentity = hasIdentity, Gateway = gateway?.Name ?? "" };
        return Share(host, ("assignments", view), key => new ServiceScope(
            TypeUrls.ClusterLoadAssignment, mesh, followsEndpoints: true, new AssignmentSource(view).Generate) { Key = key });
    }

    private static Scope Share(ViewHost host, object key, Func<object, Scope> make) => host.Share(key, () => make(key));
}
