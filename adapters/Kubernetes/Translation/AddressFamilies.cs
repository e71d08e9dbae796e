using System.Net;
using System.Net.Sockets;
using ControlPlane.Adapters.Kubernetes.Objects;

namespace ControlPlane.Adapters.Kubernetes.Translation;

/// <summary>IPv4 and IPv6. A pod that has both is one endpoint: a service calls it under the family that it names first.</summary>
internal static class AddressFamilies
{
    /// <summary>What is wrong with slices of neither.</summary>
    public const string FqdnProblem = "FQDN is not supported: its endpoints are left out. Write their IP addresses, in a slice of addressType IPv4 or IPv6";

    private const string IPv4 = nameof(IpFamilies.IPv4);
    private const string IPv6 = nameof(IpFamilies.IPv6);

    public static IpFamilies Of(string? address) => !IPAddress.TryParse(address, out IPAddress? parsed) ? IpFamilies.None
        : parsed.AddressFamily == AddressFamily.InterNetwork ? IpFamilies.IPv4
        : IpFamilies.IPv6;

    /// <summary>An IPv6 address may be written in several ways; here it is always the same text.</summary>
    public static string Canonical(string address) =>
        address.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(address, out IPAddress? parsed) ? parsed.ToString() : address;

    /// <summary>
    /// The endpoints of a service, each pod under one family: the first one of the service, and the other one only where a pod does not have that.
    /// </summary>
    public static IEnumerable<(SliceFacts Slice, EndpointFacts Endpoint)> OnePerPod(
        ServiceObject service, IReadOnlyCollection<SliceFacts> slices, IWorkloads workloads)
    {
        IpFamilies first = service.Spec.IpFamilies is [IPv6, ..] ? IpFamilies.IPv6 : IpFamilies.IPv4;
        SliceFacts[] preferred = OfFamily(slices, first);
        SliceFacts[] others = OfFamily(slices, first == IpFamilies.IPv4 ? IpFamilies.IPv6 : IpFamilies.IPv4);
        if (preferred.Length == 0 || others.Length == 0)
        {
            return Endpoints(preferred.Length == 0 ? others : preferred);
        }
        // All endpoints that are no pods have the same, empty name: where there is one of them, nobody knows which of the others it is, too.
        HashSet<NamespacedName> there = [.. Endpoints(preferred).Select(found => found.Endpoint.Pod)];
        // The slices of a pod do not change together. While it comes or goes it may be in one of them only, and is not called elsewhere for that moment.
        return Endpoints(preferred).Concat(Endpoints(others).Where(found =>
            !there.Contains(found.Endpoint.Pod) && workloads.Pod(found.Endpoint.Pod)?.Families.HasFlag(first) != true));
    }

    private static SliceFacts[] OfFamily(IReadOnlyCollection<SliceFacts> slices, IpFamilies family)
    {
        string type = family == IpFamilies.IPv4 ? IPv4 : IPv6;
        return [.. slices.Where(slice => slice.Family == type)];
    }

    private static IEnumerable<(SliceFacts Slice, EndpointFacts Endpoint)> Endpoints(SliceFacts[] slices) =>
        slices.SelectMany(slice => slice.Endpoints.Select(endpoint => (slice, endpoint)));
}
