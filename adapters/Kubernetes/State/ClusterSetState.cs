using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Watching;

namespace ControlPlane.Adapters.Kubernetes.State;

/// <summary>
/// What a cluster shares with others and takes from them, by the Multi-Cluster Services API (https://multicluster.sigs.k8s.io/concepts/multicluster-services-api/).
/// Where its kinds are installed a service that is not exported is the cluster's own; where they are not, everything is shared.
/// </summary>
/// <param name="touched">Gets the services that are different now.</param>
internal sealed class ClusterSetState(ISet<NamespacedName> touched)
{
    private readonly HashSet<NamespacedName> exports = [];
    private readonly Dictionary<NamespacedName, ServiceImportObject> imports = [];
    private bool isServed;

    public IReadOnlyDictionary<NamespacedName, ServiceImportObject> Imports => imports;

    /// <param name="all">All services of the cluster: they are different when the kind comes or goes.</param>
    /// <param name="ns">The namespace that was listed; null: all.</param>
    public void Apply(ResourceEvent<ServiceExportObject> happened, string? ns, IEnumerable<NamespacedName> all)
    {
        if (happened is Listed<ServiceExportObject> { IsServed: var now } && now != isServed)
        {
            isServed = now;
            touched.UnionWith(all);
        }
        happened.ApplyTo(ns, exports, (name, export) =>
        {
            if (export is null ? exports.Remove(name) : exports.Add(name))
            {
                touched.Add(name);
            }
        });
    }

    /// <param name="ns">The namespace that was listed; null: all.</param>
    public void Apply(ResourceEvent<ServiceImportObject> happened, string? ns) => happened.ApplyTo(ns, imports.Keys, (name, import) =>
    {
        touched.Add(name);
        if (import is null)
        {
            imports.Remove(name);
        }
        else
        {
            imports[name] = import;
        }
    });

    /// <summary>Whether the set has the service, as far as this cluster says.</summary>
    public bool IsShared(NamespacedName service) => exports.Contains(service) || imports.ContainsKey(service);

    /// <summary>Whether the service is for callers of this cluster only.</summary>
    public bool IsLocal(NamespacedName service) => isServed && !exports.Contains(service);
}
