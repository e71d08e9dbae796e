using ControlPlane.Model;

namespace ControlPlane.Routing;

/// <summary>
/// The zones that endpoints are meant for (https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing): obeyed by callers of the same
/// cluster, and only while each endpoint there has a hint and the caller's zone is among them, as kube-proxy does.
/// </summary>
internal static class ZoneHints
{
    public static bool Apply(ReadOnlySpan<Endpoint> endpoints, RoutingView view, EffectivePolicy policy)
    {
        if (policy.SetBy.ContainsKey("spread") || !policy.Distribute.IsEmpty || view.Locality.Zone.Length == 0 || view.Role.IsGateway())
        {
            return false;
        }
        bool isMeantForZone = false;
        foreach (Endpoint endpoint in endpoints)
        {
            if (endpoint.Cluster != view.Cluster || endpoint.Health == Health.Unhealthy)
            {
                continue;
            }
            if (endpoint.ForZones.IsEmpty)
            {
                return false;
            }
            isMeantForZone |= endpoint.ForZones.Contains(view.Locality.Zone);
        }
        return isMeantForZone;
    }

    public static Placing Of(Endpoint endpoint, RoutingView view) =>
        endpoint.Cluster != view.Cluster || endpoint.ForZones.IsEmpty ? Placing.ByLocality
        : endpoint.ForZones.Contains(view.Locality.Zone) ? Placing.HintedHere
        : endpoint.Locality.Zone == view.Locality.Zone ? Placing.HintedElsewhere
        : Placing.ByLocality;
}
