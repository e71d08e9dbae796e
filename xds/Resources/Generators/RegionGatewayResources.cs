using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Naming;
using ControlPlane.Xds.Resources.Views;
using static ControlPlane.Xds.Resources.Generators.ResourceFactory;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>What gateways are made of that proxies go through: those that pass TLS on, and internal API gateways.</summary>
internal static class RegionGatewayResources
{
    /// <summary>What a gateway that passes TLS on needs of it: nothing, if no endpoint speaks mutual TLS.</summary>
    public static IEnumerable<Resource> PassthroughClusters(ServiceRecord service, RoutingContext context) =>
        from port in ServiceShape.Of(service).SidecarClusters.IsEmpty ? [] : service.Ports
        from subset in ServiceSubset.Of(service, context)
        where !subset.IsEndpoint
        let name = EnvoyNames.Cluster(service.Service, port.Port, subset.Name)
        select Encode(TypeUrls.Cluster, name, PassthroughGenerator.Cluster(name), OriginOf(service), [new ResourceReference(TypeUrls.ClusterLoadAssignment, name)]);

    /// <summary>The listener of a gateway that passes TLS on, to services of its mesh and to what others export to that.</summary>
    public static IEnumerable<Resource> PassthroughListeners(string gateway, ProxyMetadata proxy, RoutingContext context)
    {
        if (context.Topology.GatewayNamed(gateway)?.Declared is not { } declared)
        {
            return [];
        }
        IEnumerable<string> meshes = context.ServicesFor(declared.Mesh).Select(service => service.Service.Mesh).Append(declared.Mesh).Distinct().Order(StringComparer.Ordinal);
        return [Listener(PassthroughGenerator.Listener(PassthroughGenerator.ListenerName(declared), proxy.Address, declared.Port, meshes), declared.Origin)];
    }

    /// <summary>The Envoy clusters of what is exported to anybody.</summary>
    public static IEnumerable<Resource> ExportedClusters(ServiceRecord service, RoutingContext context, ClusterView view) =>
        service.Service.Mesh == view.Mesh && context.CallersOf(service.Service).Any() ? Clusters(service, context, view) : [];

    /// <summary>The listener of an internal API gateway, and what functions need.</summary>
    public static IEnumerable<Resource> InternalGatewayListeners(string gateway, ProxyMetadata proxy, RoutingContext context)
    {
        if (context.Topology.GatewayNamed(gateway)?.Declared is not { } declared)
        {
            yield break;
        }
        ServiceRecord[] services = [.. context.Snapshot.Services.Values.Where(service => service.Service.Mesh == declared.Mesh).OrderBy(service => service.Service)];
        ExportedPort[] exported = [
            .. from service in services
               from mesh in context.CallersOf(service.Service)
               where GatewayCertificate(mesh, gateway, context) is not null
               from port in service.Ports
               from subset in ServiceSubset.Of(service, context)
               where !subset.IsEndpoint
               select new ExportedPort(mesh, EnvoyNames.Cluster(service.Service, port.Port, subset.Name), port.Protocol, context.PolicyOf(service.Service))];
        // A listener without a filter chain is none: nothing is exported yet.
        if (exported.Length > 0)
        {
            yield return Listener(InternalGatewayGenerator.Listener(EnvoyNames.Internal(declared.Port), proxy.Address, declared.Port, exported), declared.Origin);
        }
        foreach (Resource function in services.Where(service => context.CallersOf(service.Service).Any()).SelectMany(service => FunctionListeners(service, service.Ports)))
        {
            yield return function;
        }
    }

    // Without one its callers could not be shown who it is: they are told at once that there is nobody, not after a handshake.
    private static WorkloadCertificate? GatewayCertificate(string mesh, string gateway, RoutingContext context) =>
        context.Identities.BundleOf(mesh) is { } bundle ? context.Identities.CertificateOf(mesh, SpiffeIds.Gateway(bundle.TrustDomain, gateway)) : null;

    /// <summary>Who a gateway is in the meshes whose callers it takes, and who those may be. The certificates lie with each of those meshes.</summary>
    public static IEnumerable<Resource> GatewaySecrets(string mesh, string gateway, RoutingContext context)
    {
        foreach (string callers in context.CallersOfMesh(mesh))
        {
            if (context.Identities.BundleOf(callers) is not { } bundle)
            {
                continue;
            }
            string origin = $"the certificates of mesh {callers}";
            string authorities = SecretNames.Authorities(callers);
            yield return Encode(TypeUrls.Secret, authorities, SecretGenerator.Authorities(authorities, bundle), origin, []);
            if (GatewayCertificate(callers, gateway, context) is { } certificate)
            {
                string name = SecretNames.IdentityIn(callers);
                yield return Encode(TypeUrls.Secret, name, SecretGenerator.Identity(name, certificate), origin, []);
            }
        }
    }
}
