using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>
/// Whom callers of a mesh trust to be a service. Whose endpoints have all left is trusted for a while longer: proxies hear of this before they hear that
/// the endpoints are gone, and until then call them. Who is somebody else now at the same address is not.
/// </summary>
internal sealed class PeerSource(string mesh)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly Dictionary<ServiceId, ServiceRecord> seen = [];
    private readonly Dictionary<ServiceId, Dictionary<string, TimeSpan>> leaving = [];

    /// <summary>The secret for a service; nothing, if the authorities of the callers' mesh are not known.</summary>
    public IEnumerable<Resource> Generate(ServiceRecord service, RoutingContext context)
    {
        if (service.ExternalName.Length == 0 && context.Identities.BundleOf(mesh) is { } bundle)
        {
            yield return ResourceFactory.Peers(
                service, bundle,
                service.Service.Mesh == mesh ? WorkloadsOf(service, bundle, Leaving(service, context.Times)) : GatewaysTo(service.Service.Mesh, context.Topology, bundle));
        }
    }

    private string[] Leaving(ServiceRecord service, ViewTimes? times)
    {
        if (times is null)
        {
            return [];
        }
        ServiceId id = service.Service;
        if (seen.TryGetValue(id, out ServiceRecord? before) && !ReferenceEquals(before, service) && Departed(before, service) is { Count: > 0 } departed)
        {
            Dictionary<string, TimeSpan> known = leaving.TryGetValue(id, out Dictionary<string, TimeSpan>? others) ? others : leaving[id] = [];
            departed.ForEach(identity => known[identity] = times.Now + Grace);
            times.Wake(id, times.Now + Grace);
        }
        seen[id] = service;
        if (!leaving.TryGetValue(id, out Dictionary<string, TimeSpan>? until))
        {
            return [];
        }
        foreach ((string identity, TimeSpan at) in until)
        {
            if (at <= times.Now)
            {
                until.Remove(identity);
            }
        }
        if (until.Count == 0)
        {
            leaving.Remove(id);
        }
        return [.. until.Keys];
    }

    // The identities whose addresses are all gone.
    private static List<string> Departed(ServiceRecord before, ServiceRecord now)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (Endpoint endpoint in now.Endpoints)
        {
            present.Add(endpoint.Identity);
        }
        Endpoint[] gone = [.. before.Endpoints.Where(endpoint => endpoint.Speaks == Speaks.Mtls && endpoint.Identity.Length > 0 && !present.Contains(endpoint.Identity))];
        if (gone.Length == 0)
        {
            return [];
        }
        HashSet<string> addresses = [.. now.Endpoints.Select(endpoint => endpoint.Address)];
        return [.. gone.GroupBy(endpoint => endpoint.Identity).Where(endpoints => !endpoints.Any(endpoint => addresses.Contains(endpoint.Address))).Select(endpoints => endpoints.Key)];
    }

    // While one of them is not known, any workload of the namespace may be it.
    private static IEnumerable<string> WorkloadsOf(ServiceRecord service, TrustBundle bundle, string[] leaving)
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
        bool isOneOfThem = isEachKnown && identities.Count > 0;
        identities.UnionWith(leaving);
        return isOneOfThem
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
