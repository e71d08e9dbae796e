using System.Collections.Immutable;

namespace ControlPlane.Xds;

/// <summary>
/// The resources of one type that a class of proxies is served: an immutable picture that is replaced whole, and those who are told what
/// changed. One writer at a time; any number of readers, without locks.
/// </summary>
public sealed class ResourceSet(string typeUrl)
{
    private State state = new(ImmutableDictionary<string, Resource>.Empty.WithComparers(StringComparer.Ordinal), Completeness.Waiting);
    private ImmutableArray<IResourceObserver> observers = [];

    public string TypeUrl => typeUrl;

    public ImmutableDictionary<string, Resource> Resources => Volatile.Read(ref state).Resources;

    public Completeness Completeness => Volatile.Read(ref state).Completeness;

    /// <summary>Swaps the picture, then tells the observers. Their part is to take a note: the caller does not wait for any stream.</summary>
    public void Publish(IReadOnlyList<ResourceChange> changes, Completeness completeness)
    {
        ImmutableDictionary<string, Resource>.Builder next = state.Resources.ToBuilder();
        foreach (ResourceChange change in changes)
        {
            if (change.Resource is null)
            {
                next.Remove(change.Name);
            }
            else
            {
                next[change.Name] = change.Resource;
            }
        }
        Volatile.Write(ref state, new State(next.ToImmutable(), completeness));
        foreach (IResourceObserver observer in observers)
        {
            observer.OnPublished(this, changes);
        }
    }

    internal void Subscribe(IResourceObserver observer) => ImmutableInterlocked.Update(ref observers, all => all.Add(observer));

    internal void Unsubscribe(IResourceObserver observer) => ImmutableInterlocked.Update(ref observers, all => all.Remove(observer));

    private sealed record State(ImmutableDictionary<string, Resource> Resources, Completeness Completeness);
}

/// <summary>Is told of each publication of a set, by the one who publishes: it takes a note and returns.</summary>
internal interface IResourceObserver
{
    /// <param name="changes">What is another one now; empty when only the completeness is.</param>
    void OnPublished(ResourceSet set, IReadOnlyList<ResourceChange> changes);
}
