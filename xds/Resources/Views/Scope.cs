using ControlPlane.Model.Catalog;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>
/// Resources of one type that many proxies share. It exists while a proxy that gets them is connected, and is kept up to date with each change.
/// </summary>
internal abstract class Scope(string typeUrl)
{
    public ResourceSet Set { get; } = new(typeUrl);

    /// <summary>How many connected proxies get it.</summary>
    public int Users { get; set; }

    /// <summary>The key under which it is shared.</summary>
    public required object Key { get; init; }

    /// <summary>What the last update published.</summary>
    public IReadOnlyList<ResourceChange> LastChanges { get; private set; } = [];

    /// <summary>Makes everything.</summary>
    public abstract void Fill(RoutingContext context);

    /// <summary>Makes again what the change concerns.</summary>
    public abstract void Update(RoutingContext context, ViewChange change);

    protected void Publish(IReadOnlyList<ResourceChange> changes, RoutingContext context)
    {
        LastChanges = changes;
        var completeness = (Completeness)context.Snapshot.Completeness;
        if (changes.Count > 0 || completeness != Set.Completeness)
        {
            Set.Publish(changes, completeness);
        }
    }

    /// <summary>Whether the set does not have the resource as it is now.</summary>
    protected bool IsNews(Resource resource) =>
        !Set.Resources.TryGetValue(resource.Name, out Resource? known) || known.Version != resource.Version;
}
