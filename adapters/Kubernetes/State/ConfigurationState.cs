using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes.State;

/// <summary>
/// The configuration objects of a Kubernetes cluster. One that is wrong is reported, and what it last said when it was right stays in force.
/// </summary>
/// <param name="lastGood">Kept by the adapter, for longer than one watch lives.</param>
internal sealed class ConfigurationState(
    KubernetesAdapterOptions options, Dictionary<ObjectKey, ConfigObject> lastGood, ProblemTable<(string Kind, NamespacedName Name)> problems)
{
    private readonly Dictionary<ObjectKey, ConfigNode> objects = [];
    private readonly NamespaceState namespaces = new(options, lastGood);
    private ValueList<ConfigObject>? reported;
    private string mesh = options.Mesh;
    private bool isDirty = true;

    /// <summary>The object that stands for this cluster, if it is here itself.</summary>
    public Cluster? OwnCluster => lastGood.GetValueOrDefault(new ObjectKey("Cluster", "", options.Cluster)) as Cluster;

    /// <summary>The mesh that this cluster is in is that of its policies.</summary>
    public void SetMesh(string now)
    {
        if (now != mesh)
        {
            mesh = now;
            foreach ((ObjectKey key, ConfigNode node) in objects)
            {
                Decode(key, node);
            }
        }
    }

    /// <param name="ns">The namespace that was listed; null: all.</param>
    public void Apply(string kind, ResourceEvent<CustomObject> happened, string? ns)
    {
        isDirty = true;
        switch (happened)
        {
            case Changed<CustomObject> { Item: var item }:
                Set(kind, item);
                break;
            case Deleted<CustomObject> { Item: var item }:
                Remove(KeyOf(kind, item));
                break;
            case Listed<CustomObject> { Items: var items }:
                HashSet<ObjectKey> listed = [.. items.Select(item => KeyOf(kind, item))];
                ObjectKey[] known = [.. objects.Keys.Union(lastGood.Keys)];
                foreach (ObjectKey gone in known.Where(key => key.Kind == kind && (ns is null || key.Namespace == ns) && !listed.Contains(key)))
                {
                    Remove(gone);
                }
                foreach (CustomObject item in items)
                {
                    Set(kind, item);
                }
                break;
        }
    }

    public void Apply(ResourceEvent<NamespaceObject> happened) => isDirty |= namespaces.Apply(happened);

    /// <summary>All objects in force if they are others than the last time; else null.</summary>
    public Configured? TakeChange()
    {
        if (!isDirty)
        {
            return null;
        }
        isDirty = false;
        ValueList<ConfigObject> now = namespaces.Selected().OrderBy(item => item.Reference, StringComparer.Ordinal).ToValueList();
        if (now == reported)
        {
            return null;
        }
        reported = now;
        return new Configured(now);
    }

    private static ObjectKey KeyOf(string kind, CustomObject item) => new(kind, item.Metadata.Namespace, item.Metadata.Name);

    private void Set(string kind, CustomObject item)
    {
        ObjectKey key = KeyOf(kind, item);
        ConfigNode node = JsonNodes.Read(item.Whole);
        objects[key] = node;
        Decode(key, node);
    }

    private void Remove(ObjectKey key)
    {
        objects.Remove(key);
        lastGood.Remove(key);
        problems.Set((key.Kind, new NamespacedName(key.Namespace, key.Name)), []);
    }

    private void Decode(ObjectKey key, ConfigNode node)
    {
        isDirty = true;
        var decode = new DecodeOptions { Cluster = options.Cluster, Mesh = mesh, CrossNamespaceBackends = false, Sources = options.Sources };
        DecodedObject decoded = ObjectDecoder.Decode(node, new Origin($"{key} ({options.Source})", HasLines: false), decode);
        problems.Set((key.Kind, new NamespacedName(key.Namespace, key.Name)), decoded.Problems);
        if (decoded.Config is { } good)
        {
            lastGood[key] = good;
        }
        else if (decoded.Problems.IsEmpty)
        {
            // Somebody else's by now.
            lastGood.Remove(key);
        }
    }
}
