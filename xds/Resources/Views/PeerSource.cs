using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>Whom callers of a mesh trust to be a service.</summary>
internal static class PeerSource
{
    /// <summary>The secret for a service; nothing, if the authorities of the callers' mesh are not known.</summary>
    public static IEnumerable<Resource> Generate(string mesh, ServiceRecord service, RoutingContext context)
    {
        if (service.ExternalName.Length == 0 && context.Identities.BundleOf(mesh) is { } bundle)
        {
            IEnumerable<string> peers = service.Service.Mesh == mesh ? WorkloadsOf(service, bundle) : GatewaysTo(service.Service.Mesh, context.Topology, bundle);
            yield return ResourceFactory.Peers(service, bundle, peers);
        }
    }

    // While one of them is not known, any workload of the namespace may be it.
    private static IEnumerable<string> WorkloadsOf(ServiceRecord service, TrustBundle bundle)
    {
        var identities = new SortedSet<string>(StringComparer.Ordinal);
        bool isEachKnown = true;
        foreach (Endpoint endpoint in service.Endpoints)
        {
            if (endpoint.Speaks == Speaks.Mtls)
            {
                isEachKnown &= endpoint.Identity.Length > 0;
                identities.Add(endpoint.Identity);
            }
        }
        return isEachKnown && identities.Count > 0
            ? identities.Select(identity => SpiffeIds.Workload(bundle.TrustDomain, service.Service.Namespace, identity))
            : [SpiffeIds.Namespace(bundle.TrustDomain, service.Service.Namespace)];
    }

    // They are called instead, and have a certificate of the callers' mesh.
    private static string[] GatewaysTo(string mesh, Topology topology, TrustBundle bundle)
    {
        string[] gateways = [
            .. topology.GatewaysOf(GatewayRole.Internal, mesh)
                .Select(gateway => SpiffeIds.Gateway(bundle.TrustDomain, gateway.Name))];
        return gateways.Length > 0 ? gateways : [SpiffeIds.Gateways(bundle.TrustDomain)];
    }
}
