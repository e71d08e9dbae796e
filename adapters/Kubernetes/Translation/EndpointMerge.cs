using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Translation;

/// <summary>
/// Joins the endpoints of all slices of a service. One address may be in several: for a moment twice, while it moves from one slice to another, and for good
/// where ports have different numbers in different pods.
/// </summary>
internal sealed class EndpointMerge
{
    private readonly List<(Endpoint Endpoint, int[] Ports)> found = [];
    private readonly Dictionary<string, int> first = [];

    public void Add(Endpoint endpoint, int[] ports)
    {
        if (!first.TryGetValue(endpoint.Address, out int index))
        {
            first.Add(endpoint.Address, found.Count);
            found.Add((endpoint, ports));
            return;
        }
        for (; index < found.Count; index++)
        {
            (Endpoint known, int[] knownPorts) = found[index];
            if (known.Address == endpoint.Address && Fits(knownPorts, ports))
            {
                for (int i = 0; i < ports.Length; i++)
                {
                    knownPorts[i] = Math.Max(knownPorts[i], ports[i]);
                }
                Speaks speaks = known.Speaks == endpoint.Speaks ? known.Speaks : Speaks.Plaintext;
                found[index] = (known with { Health = Better(known.Health, endpoint.Health), Speaks = speaks }, knownPorts);
                return;
            }
        }
        found.Add((endpoint, ports));
    }

    /// <summary>In the order of their addresses, so that the order of slices makes no difference.</summary>
    public ValueList<Endpoint> ToEndpoints() => found
        .OrderBy(item => item.Endpoint.Address, StringComparer.Ordinal).ThenBy(item => item.Ports.Max())
        .Select(item => item.Endpoint with { Ports = item.Ports.ToValueList() }).ToValueList();

    private static bool Fits(int[] left, int[] right)
    {
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] != 0 && right[i] != 0 && left[i] != right[i])
            {
                return false;
            }
        }
        return true;
    }

    private static Health Better(Health left, Health right) =>
        left == Health.Healthy || right == Health.Healthy ? Health.Healthy
        : left == Health.Draining || right == Health.Draining ? Health.Draining
        : left;
}
