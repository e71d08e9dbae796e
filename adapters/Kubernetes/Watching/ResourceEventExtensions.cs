using ControlPlane.Adapters.Kubernetes.Objects;

namespace ControlPlane.Adapters.Kubernetes.Watching;

internal static class ResourceEventExtensions
{
    /// <summary>Says for each object that the event concerns what it is now; null: it is gone.</summary>
    /// <param name="ns">The namespace that was listed; null: all.</param>
    /// <param name="known">The objects that there were.</param>
    public static void ApplyTo<T>(this ResourceEvent<T> happened, string? ns, IEnumerable<NamespacedName> known, Action<NamespacedName, T?> set)
        where T : class, IKubernetesObject
    {
        switch (happened)
        {
            case Changed<T> { Item: var item }:
                set(item.Key(), item);
                break;
            case Deleted<T> { Item: var item }:
                set(item.Key(), null);
                break;
            case Listed<T> { Items: var items }:
                HashSet<NamespacedName> listed = [.. items.Select(item => item.Key())];
                foreach (NamespacedName gone in known.Where(name => !listed.Contains(name) && (ns is null || name.Namespace == ns)).ToArray())
                {
                    set(gone, null);
                }
                foreach (T item in items)
                {
                    set(item.Key(), item);
                }
                break;
        }
    }
}
