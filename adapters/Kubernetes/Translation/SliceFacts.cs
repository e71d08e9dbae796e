using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Translation;

/// <summary>Of an EndpointSlice what is kept.</summary>
/// <param name="Ports">By name; null: every port is served under its own number.</param>
internal sealed record SliceFacts(
    NamespacedName Service, string Family, IReadOnlyDictionary<string, int>? Ports, IReadOnlyList<EndpointFacts> Endpoints)
{
    /// <summary>Null: it belongs to no service.</summary>
    public static SliceFacts? Of(EndpointSliceObject slice)
    {
        if (slice.Metadata.Labels?.GetValueOrDefault(EndpointSliceObject.ServiceLabel) is not { Length: > 0 } service)
        {
            return null;
        }
        Dictionary<string, int>? ports = null;
        // No ports at all is what a service without ports has; one without a number stands for all numbers.
        if (slice.Ports is { } named && named.All(port => port.Port is not null))
        {
            ports = [];
            foreach (EndpointPort port in named)
            {
                ports[port.Name ?? ""] = port.Port!.Value;
            }
        }
        return new SliceFacts(
            new NamespacedName(slice.Metadata.Namespace, service),
            slice.AddressType,
            ports,
            [.. (slice.Endpoints ?? []).Select(endpoint => EndpointFacts.Of(endpoint, slice.Metadata.Namespace)).OfType<EndpointFacts>()]);
    }
}

/// <param name="Pod">Empty where the endpoint is none.</param>
/// <param name="Node">Empty if unknown.</param>
/// <param name="Zone">As the slice says; empty if it does not.</param>
/// <param name="Hostname">Its own name under that of the service; empty: none.</param>
/// <param name="ForZones">The zones whose callers it is meant for, in their order; none: everybody.</param>
internal sealed record EndpointFacts(
    string Address, Health Health, NamespacedName Pod, string Node, string Zone, string Hostname, ValueList<string> ForZones = default)
{
    /// <summary>Null: it is gone, or about to be.</summary>
    public static EndpointFacts? Of(EndpointSpec endpoint, string ns)
    {
        if (endpoint.Addresses is not [{ Length: > 0 } address, ..] || HealthOf(endpoint.Conditions) is not { } health)
        {
            return null;
        }
        NamespacedName pod = endpoint.TargetRef is { Kind: "Pod", Name: { } name } target ? new NamespacedName(target.Namespace ?? ns, name) : new NamespacedName("", "");
        return new EndpointFacts(AddressFamilies.Canonical(address), health, pod, endpoint.NodeName ?? "", endpoint.Zone ?? "", endpoint.Hostname ?? "", ZonesOf(endpoint));
    }

    private static ValueList<string> ZonesOf(EndpointSpec endpoint)
    {
        if (endpoint.Hints?.ForZones is not { Count: > 0 } hints)
        {
            return [];
        }
        string[] zones = [.. hints.Select(hint => hint.Name ?? "").Where(zone => zone.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        // Nearly always it is the endpoint's own.
        return zones is [var only] && only == endpoint.Zone ? [endpoint.Zone] : zones.ToValueList();
    }

    /// <summary>Null: it is terminating and serves no longer.</summary>
    public static Health? HealthOf(EndpointConditions? conditions)
    {
        bool ready = conditions?.Ready ?? true;
        bool serving = conditions?.Serving ?? ready;
        return conditions?.Terminating == true
            ? serving ? Health.Draining : null
            : ready ? Health.Healthy : Health.Unhealthy;
    }
}
