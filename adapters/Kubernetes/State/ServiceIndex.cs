using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Translation;

namespace ControlPlane.Adapters.Kubernetes.State;

/// <summary>EndpointSlices by service, and which slices name a pod.</summary>
internal sealed class ServiceIndex
{
    private readonly Dictionary<NamespacedName, SliceFacts> slices = [];
    private readonly Dictionary<NamespacedName, HashSet<NamespacedName>> byService = [];
    private readonly Dictionary<NamespacedName, List<NamespacedName>> byPod = [];

    public IEnumerable<NamespacedName> Names => slices.Keys;

    public IReadOnlyCollection<NamespacedName> Services => byService.Keys;

    /// <summary>In the order of their names, so that the order of their changes makes no difference.</summary>
    public IReadOnlyCollection<SliceFacts> OfService(NamespacedName service) =>
        byService.TryGetValue(service, out HashSet<NamespacedName>? names)
            ? [.. names.OrderBy(name => name.Name, StringComparer.Ordinal).Select(name => slices[name])]
            : [];

    /// <summary>The services that a pod is in.</summary>
    public IEnumerable<NamespacedName> OfPod(NamespacedName pod) =>
        byPod.TryGetValue(pod, out List<NamespacedName>? names) ? names.Select(name => slices[name].Service) : [];

    public bool HasPod(NamespacedName pod) => byPod.ContainsKey(pod);

    /// <param name="slice">Null: it is gone.</param>
    /// <param name="touched">Gets the services that are different now, and the pods that no slice names any more.</param>
    public void Set(NamespacedName name, SliceFacts? slice, ICollection<NamespacedName> touched, ICollection<NamespacedName> left)
    {
        slices.Remove(name, out SliceFacts? before);
        if (slice is not null)
        {
            slices.Add(name, slice);
            Of(byService, slice.Service).Add(name);
            touched.Add(slice.Service);
            foreach (EndpointFacts endpoint in slice.Endpoints)
            {
                AddPod(endpoint.Pod, name);
            }
        }
        if (before is null)
        {
            return;
        }
        touched.Add(before.Service);
        if (before.Service != slice?.Service && byService.TryGetValue(before.Service, out HashSet<NamespacedName>? others) && others.Remove(name) && others.Count == 0)
        {
            byService.Remove(before.Service);
        }
        HashSet<NamespacedName> still = [.. slice?.Endpoints.Select(endpoint => endpoint.Pod) ?? []];
        foreach (EndpointFacts endpoint in before.Endpoints)
        {
            if (!still.Contains(endpoint.Pod) && byPod.TryGetValue(endpoint.Pod, out List<NamespacedName>? names) && names.Remove(name) && names.Count == 0)
            {
                byPod.Remove(endpoint.Pod);
                left.Add(endpoint.Pod);
            }
        }
    }

    private void AddPod(NamespacedName pod, NamespacedName slice)
    {
        if (pod.Name.Length == 0)
        {
            return;
        }
        if (!byPod.TryGetValue(pod, out List<NamespacedName>? names))
        {
            byPod.Add(pod, names = new List<NamespacedName>(1));
        }
        if (!names.Contains(slice))
        {
            names.Add(slice);
        }
    }

    private static HashSet<NamespacedName> Of(Dictionary<NamespacedName, HashSet<NamespacedName>> map, NamespacedName key)
    {
        if (!map.TryGetValue(key, out HashSet<NamespacedName>? names))
        {
            map.Add(key, names = []);
        }
        return names;
    }
}
