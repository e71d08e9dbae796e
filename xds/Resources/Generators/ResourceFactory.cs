using System.Buffers;
using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Naming;
using ControlPlane.Xds.Resources.Views;
using Google.Protobuf;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>Makes resources: calls the generators, encodes, and says where each comes from and what it names.</summary>
internal static class ResourceFactory
{
    /// <summary>With what its functions need.</summary>
    public static IEnumerable<Resource> Clusters(ServiceRecord service, RoutingContext context, ClusterView view) =>
        ServiceClusters(service, context, view).Concat(FunctionClusters(service, service.Ports));

    /// <summary>Without what functions need: clients without a proxy call none.</summary>
    public static IEnumerable<Resource> GrpcClusters(ServiceRecord service, RoutingContext context, ClusterView view) => ServiceClusters(service, context, view);

    private static IEnumerable<Resource> ServiceClusters(ServiceRecord service, RoutingContext context, ClusterView view) =>
        from subset in ServiceSubset.Of(service, context)
        from port in service.Ports
        select Cluster(service, port, subset.Name, context, view);

    private static Resource Cluster(ServiceRecord service, ServicePort port, string subset, RoutingContext context, ClusterView view)
    {
        string name = EnvoyNames.Cluster(service.Service, port.Port, subset);
        EffectivePolicy policy = context.PolicyOf(service.Service);
        return service.ExternalName.Length > 0
            ? Encode(TypeUrls.Cluster, name, ClusterGenerator.OfHostName(name, port, service.ExternalName, policy, view.IsProxyless), OriginOf(service), [])
            : Encode(
                TypeUrls.Cluster, name, ClusterGenerator.OfService(name, port.Protocol, policy, context.IsBehindGateways(service, view.Mesh, view.Network), TlsOf(name, service, port, context, view)), OriginOf(service),
                [new ResourceReference(TypeUrls.ClusterLoadAssignment, name)]);
    }

    private static UpstreamTls? TlsOf(string name, ServiceRecord service, ServicePort port, RoutingContext context, ClusterView view) =>
        view.HasIdentity && context.Topology.MeshNamed(view.Mesh) is { HasCertificates: true }
            ? new UpstreamTls(
                name, SecretNames.Identity, SecretNames.Peers(service.Service), MtlsSockets.AlpnOf(port.Protocol, service.Service.Mesh == view.Mesh ? null : view.Mesh))
            : null;

    /// <summary>Whom callers trust to be a service.</summary>
    public static Resource Peers(ServiceRecord service, TrustBundle bundle, IEnumerable<string> peers)
    {
        string name = SecretNames.Peers(service.Service);
        return Encode(TypeUrls.Secret, name, SecretGenerator.Peers(name, bundle, peers), OriginOf(service), []);
    }

    /// <summary>Who a proxy is, as far as that is known, and who its callers may be.</summary>
    public static IEnumerable<Resource> IdentitySecrets(string mesh, string spiffeId, RoutingContext context)
    {
        if (context.Identities.CertificateOf(mesh, spiffeId) is { } certificate)
        {
            yield return Encode(
                TypeUrls.Secret, SecretNames.Identity, SecretGenerator.Identity(SecretNames.Identity, certificate), $"the certificates of mesh {mesh}", []);
        }
        if (context.Identities.BundleOf(mesh) is { } bundle)
        {
            string name = SecretNames.Authorities(mesh);
            yield return Encode(TypeUrls.Secret, name, SecretGenerator.Authorities(name, bundle), $"the certificates of mesh {mesh}", []);
        }
    }

    public static Resource ApplicationCluster(InboundPort inbound)
    {
        string name = EnvoyNames.Inbound(inbound.Port);
        return Encode(TypeUrls.Cluster, name, ClusterGenerator.OfApplication(name, inbound.Port, inbound.Protocol), "the proxy's own node.metadata", []);
    }

    /// <param name="hold">Holds back load from what has just recovered, as a policy says.</param>
    public static IEnumerable<Resource> Assignments(
        ServiceRecord service, AssignmentGenerator generator, RoutingContext context, Func<RoutePlan, string, ServiceId, EffectivePolicy, ViewTimes, RoutePlan> hold)
    {
        if (service.ExternalName.Length > 0)
        {
            yield break;
        }
        EffectivePolicy policy = context.PolicyOf(service.Service);
        IReadOnlySet<string>? stale = context.StaleClusters(service.Service, policy);
        bool isHeld = policy.Hold > 0 && context.Times is not null && !generator.Router.View.Role.IsGateway();
        // Known to the proxy before an endpoint is whose identity they name.
        ImmutableArray<ResourceReference> references = generator.Router.View.HasIdentity ? [new ResourceReference(TypeUrls.Secret, SecretNames.Peers(service.Service))] : [];
        bool hasFunctions = service.Endpoints.Any(endpoint => endpoint.IsFunction);
        foreach (ServiceSubset subset in ServiceSubset.Of(service, context))
        {
            ValueList<Endpoint> endpoints = subset.Select(generator.Router, service.Endpoints);
            for (int i = 0; i < service.Ports.Count; i++)
            {
                string name = context.NameOf(service.Service, service.Ports[i].Port, subset.Name);
                yield return Resource.Create(
                    TypeUrls.ClusterLoadAssignment, name,
                    generator.Generate(
                        name, service.Service, endpoints.AsSpan(), i, policy, subset.IsEndpoint, stale, isHeld ? plan => hold(plan, name, service.Service, policy, context.Times!) : null),
                    OriginOf(service), hasFunctions ? references.AddRange(ListenersOf(endpoints, name)) : references);
            }
        }
    }

    public static IEnumerable<Resource> OutboundRoutes(string mesh, string callerNamespace, RoutingContext context)
    {
        var routes = OutboundRouteGenerator.Generate(context.ServicesFor(mesh), mesh, callerNamespace, context);
        yield return Encode(
            TypeUrls.RouteConfiguration, routes.Name, routes, "the services of the mesh",
            [.. routes.VirtualHosts.SelectMany(host => host.Routes).SelectMany(RouteActions.ClustersOf).Distinct().Select(name => new ResourceReference(TypeUrls.Cluster, name))]);
    }

    public static IEnumerable<Resource> SidecarListeners(string mesh, bool hasIdentity, ProxyMetadata proxy, RoutingContext context)
    {
        yield return Listener(ListenerGenerator.OutboundHttp(proxy.OutboundAddress), "the outbound HTTP listener", EnvoyNames.OutboundHttp);
        // Each mesh gives ports for itself: where two have the same, one's own service has it.
        var taken = new HashSet<int>();
        foreach (ServiceRecord service in context.ServicesFor(mesh).OrderBy(service => service.Service.Mesh != mesh).ThenBy(service => service.Service))
        {
            foreach (ServicePort port in service.Ports.Where(port => !port.Protocol.IsHttp() && port.LoopbackPort != 0 && taken.Add(port.LoopbackPort)))
            {
                yield return Listener(
                    ListenerGenerator.OutboundTcp(EnvoyNames.Cluster(service.Service, port.Port), proxy.OutboundAddress, port.LoopbackPort), OriginOf(service));
            }
            foreach (Resource function in FunctionListeners(service, service.Ports))
            {
                yield return function;
            }
        }
        InboundTls? tls = context.Topology.MeshNamed(mesh) is { HasCertificates: true } declared ? new InboundTls(declared, hasIdentity) : null;
        // Without a certificate a sidecar of a strict mesh can take no calls at all.
        foreach (InboundPort inbound in tls is { IsStrict: true, HasIdentity: false } ? [] : proxy.Inbound)
        {
            yield return Listener(ListenerGenerator.Inbound(inbound, proxy.Address, tls), "the proxy's own node.metadata");
        }
    }

    public static IEnumerable<Resource> GatewayListeners(string ns, string name, string mesh, ProxyMetadata proxy, RoutingContext context) =>
        (from gateway in GatewaysNamed(ns, name, context)
         from port in GatewayRoutes.Ports(gateway)
         let listener = EnvoyNames.GatewayListener(ns, name, port.Key)
         select Listener(ListenerGenerator.Gateway(listener, proxy.Address, port.Key), gateway.Origin, listener))
        .Concat(
            from gateway in GatewaysNamed(ns, name, context)
            from backend in GatewayRoutes.BackendsOf(gateway, mesh, context)
            from function in FunctionListeners(backend.Service, [backend.Port])
            select function);

    public static IEnumerable<Resource> GatewayRouteConfigurations(string ns, string name, string mesh, RoutingContext context)
    {
        foreach (Gateway gateway in GatewaysNamed(ns, name, context))
        {
            ImmutableArray<ResourceReference> clusters = [
                .. GatewayRoutes.BackendsOf(gateway, mesh, context)
                    .Select(backend => new ResourceReference(TypeUrls.Cluster, EnvoyNames.Cluster(backend.Service.Service, backend.Port.Port)))];
            string origin = string.Join(", ", context.Snapshot.Objects<HttpRoute>()
                .Where(route => route.Parents.Any(parent => parent.Name == name && parent.Namespace == ns)).Select(route => route.Origin).Prepend(gateway.Origin));
            foreach (IGrouping<int, GatewayListener> port in GatewayRoutes.Ports(gateway))
            {
                string routes = EnvoyNames.GatewayListener(ns, name, port.Key);
                var generated = GatewayRoutes.Generate(routes, gateway, port.Key, mesh, context);
                if (context.Topology.MeshNamed(mesh) is { HasCertificates: true })
                {
                    // What sidecars believe of gateways, clients at the edge must not be able to say.
                    generated.RequestHeadersToRemove.Add(CallerHeader.Name);
                }
                yield return Encode(TypeUrls.RouteConfiguration, routes, generated, origin, clusters);
            }
        }
    }

    public static IEnumerable<Resource> GatewayClusters(string ns, string name, ClusterView view, RoutingContext context) =>
        from gateway in GatewaysNamed(ns, name, context)
        from backend in GatewayRoutes.BackendsOf(gateway, view.Mesh, context)
        from resource in FunctionClusters(backend.Service, [backend.Port]).Prepend(Cluster(backend.Service, backend.Port, "", context, view))
        select resource;

    public static IEnumerable<Resource> GrpcListeners(ServiceRecord service, RoutingContext context) =>
        from target in GrpcTargets(service, context)
        select Listener(ListenerGenerator.Grpc(target.Name), OriginOf(service), target.Name);

    public static IEnumerable<Resource> GrpcRoutes(ServiceRecord service, RoutingContext context) =>
        from target in GrpcTargets(service, context)
        select Encode(
            TypeUrls.RouteConfiguration, target.Name, GrpcRouteGenerator.Generate(target.Name, target.Cluster), OriginOf(service),
            [new ResourceReference(TypeUrls.Cluster, target.Cluster)]);

    private static IEnumerable<(string Name, string Cluster)> GrpcTargets(ServiceRecord service, RoutingContext context) =>
        from subset in ServiceSubset.Of(service, context)
        from port in service.Ports
        where port.Protocol.IsHttp()
        select (EnvoyNames.Grpc(service.Service, port.Port, subset.Name), EnvoyNames.Cluster(service.Service, port.Port, subset.Name));

    private static IEnumerable<Resource> FunctionClusters(ServiceRecord service, IEnumerable<ServicePort> ports) =>
        from function in FunctionsOf(service, ports)
        select Encode(TypeUrls.Cluster, function.Name, FunctionGenerator.Cluster(function.Name, function.Function), OriginOf(service), []);

    public static IEnumerable<Resource> FunctionListeners(ServiceRecord service, IEnumerable<ServicePort> ports) =>
        from function in FunctionsOf(service, ports)
        select Encode(
            TypeUrls.Listener, function.Name, FunctionGenerator.Listener(function.Name, function.Function), OriginOf(service),
            [new ResourceReference(TypeUrls.Cluster, function.Name)]);

    private static IEnumerable<ResourceReference> ListenersOf(ValueList<Endpoint> endpoints, string cluster) =>
        from endpoint in endpoints
        where endpoint.IsFunction
        select new ResourceReference(TypeUrls.Listener, EnvoyNames.Function(cluster, endpoint.Address));

    private static IEnumerable<(string Name, Function Function)> FunctionsOf(ServiceRecord service, IEnumerable<ServicePort> ports)
    {
        ValueList<Function> functions = ServiceShape.Of(service).Functions;
        return functions.IsEmpty ? [] :
            from port in ports
            let index = service.Ports.AsArray().IndexOf(port)
            from function in functions
            where index < function.Ports.Count && function.Ports[index] != 0
            select (EnvoyNames.Function(EnvoyNames.Cluster(service.Service, port.Port), function.Address), function);
    }

    private static IEnumerable<Gateway> GatewaysNamed(string ns, string name, RoutingContext context) =>
        context.Snapshot.Objects<Gateway>().Where(gateway => gateway.Namespace == ns && gateway.Name == name);

    public static Resource Listener(Envoy.Config.Listener.V3.Listener listener, string origin, string? routes = null) =>
        Encode(TypeUrls.Listener, listener.Name, listener, origin, routes is null ? [] : [new ResourceReference(TypeUrls.RouteConfiguration, routes)]);

    /// <summary>Where a service is written, for people.</summary>
    public static string OriginOf(ServiceRecord service) => string.Join(", ", service.Parts.Select(part => part.Origin));

    public static Resource Encode(string typeUrl, string name, IMessage message, string origin, ImmutableArray<ResourceReference> references)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(message.CalculateSize());
        try
        {
            Span<byte> bytes = buffer.AsSpan(0, message.CalculateSize());
            message.WriteTo(bytes);
            return Resource.Create(typeUrl, name, bytes, origin, references);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
