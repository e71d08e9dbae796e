using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Silo.Rest;

/// <summary>A call that can be made: from a place to a port of a service.</summary>
/// <param name="Port">The index of the port among the service's ports.</param>
internal readonly record struct PossibleCall(ViewRouter Router, ServiceRecord Service, int Port, EffectivePolicy Policy)
{
    /// <summary>All of them from some places to some services, those from one place after each other.</summary>
    public static IEnumerable<PossibleCall> All(CatalogSnapshot snapshot, Topology topology, Func<RoutingView, bool> from, Func<ServiceRecord, bool> to)
    {
        TrafficPolicy[] declared = [.. snapshot.Objects<TrafficPolicy>()];
        // The same from everywhere.
        var policies = new Dictionary<ServiceId, EffectivePolicy>();
        foreach (RoutingView view in CallerPlaces.Of(snapshot, topology).Where(from))
        {
            var router = new ViewRouter(view, topology);
            foreach (ServiceRecord service in CallerPlaces.ServicesFor(view, snapshot, topology).Where(service => service.ExternalName.Length == 0 && to(service)))
            {
                if (!policies.TryGetValue(service.Service, out EffectivePolicy? policy))
                {
                    policies[service.Service] = policy = EffectivePolicy.Of(service.Service, declared);
                }
                for (int port = 0; port < service.Ports.Count; port++)
                {
                    yield return new PossibleCall(router, service, port, policy);
                }
            }
        }
    }
}
