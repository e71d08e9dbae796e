using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes.State;

/// <summary>
/// The namespaces of a Kubernetes cluster. Only those that one of its Gateways selects are told to anybody: there may be thousands that come and go,
/// and each change of the configuration is sent on and stored.
/// </summary>
/// <param name="lastGood">Where they are kept, with all other objects.</param>
internal sealed class NamespaceState(KubernetesAdapterOptions options, Dictionary<ObjectKey, ConfigObject> lastGood)
{
    private const string Kind = "Namespace";

    private NamespaceSelector[] selectors = [];

    /// <returns>Whether one that is selected is different.</returns>
    public bool Apply(ResourceEvent<NamespaceObject> happened)
    {
        bool isDifferent = false;
        IEnumerable<NamespacedName> known = lastGood.Keys.Where(key => key.Kind == Kind).Select(key => new NamespacedName("", key.Name));
        happened.ApplyTo(null, known, (name, item) => isDifferent |= Set(name.Name, item));
        return isDifferent;
    }

    /// <summary>All objects without the namespaces that no Gateway selects.</summary>
    public IEnumerable<ConfigObject> Selected()
    {
        selectors = [.. lastGood.Values.OfType<Gateway>().SelectMany(gateway => gateway.Listeners).Select(listener => listener.Selector).OfType<NamespaceSelector>().Distinct()];
        return lastGood.Values.Where(item => item is not Namespace ns || IsSelected(ns));
    }

    private bool Set(string name, NamespaceObject? item)
    {
        var key = new ObjectKey(Kind, options.Cluster, name);
        var before = lastGood.GetValueOrDefault(key) as Namespace;
        if (item is null)
        {
            lastGood.Remove(key);
            return IsSelected(before);
        }
        ValueList<Label> labels = Namespace.LabelsOf(name, (item.Metadata.Labels ?? []).Select(label => new Label(label.Key, label.Value)));
        if (before?.Labels == labels)
        {
            return false;
        }
        var now = new Namespace { Namespace = options.Cluster, Name = name, Labels = labels, Origin = $"{Kind} {name} ({options.Source})" };
        lastGood[key] = now;
        return IsSelected(before) || IsSelected(now);
    }

    private bool IsSelected(Namespace? ns) => ns is not null && selectors.Any(selector => selector.Selects(ns));
}
