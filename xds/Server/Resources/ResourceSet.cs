using System.Collections.Immutable;

namespace ControlPlane.Xds;

/// <summary>
/// The resources of one type that a class of proxies is served: an immutable picture that is replaced whole, and those who are told that
/// it was. One writer at a time; any number of readers, without locks.
/// </summary>
public sealed class ResourceSet(string typeUrl)
{
    private readonly Lock gate = new();
    private readonly HashSet<IResourceObserver> observers = [];
    private IResourceObserver[]? told;
    // An own one: each has one successor.
    private Publication latest = Publication.First();

    public string TypeUrl => typeUrl;

    public ImmutableDictionary<string, Resource> Resources => Latest.Resources;

    public Completeness Completeness => Latest.Completeness;

    internal Publication Latest => Volatile.Read(ref latest);

    /// <summary>Swaps the picture, then tells the observers. Their part is to take a note: the caller does not wait for any stream.</summary>
    public void Publish(IReadOnlyList<ResourceChange> changes, Completeness completeness)
    {
        Publication previous = latest;
        var publication = Successor(previous, changes, completeness);
        Volatile.Write(ref latest, publication);
        previous.Continue(publication);
        foreach (IResourceObserver observer in Told())
        {
            observer.OnPublished();
        }
    }

    internal void Subscribe(IResourceObserver observer)
    {
        lock (gate)
        {
            observers.Add(observer);
            told = null;
        }
    }

    internal void Unsubscribe(IResourceObserver observer)
    {
        lock (gate)
        {
            observers.Remove(observer);
            told = null;
        }
    }

    private static Publication Successor(Publication previous, IReadOnlyList<ResourceChange> changes, Completeness completeness)
    {
        ImmutableDictionary<string, Resource>.Builder next = previous.Resources.ToBuilder();
        ImmutableDictionary<string, string>.Builder? aliases = null;
        ulong digest = previous.Digest;
        foreach (ResourceChange change in changes)
        {
            if (next.TryGetValue(change.Name, out Resource? old))
            {
                digest -= old.Digest;
                if (!old.Aliases.IsEmpty)
                {
                    (aliases ??= previous.Aliases.ToBuilder()).RemoveRange(old.Aliases);
                }
            }
            if (change.Resource is null)
            {
                next.Remove(change.Name);
                continue;
            }
            next[change.Name] = change.Resource;
            digest += change.Resource.Digest;
            foreach (string alias in change.Resource.Aliases)
            {
                (aliases ??= previous.Aliases.ToBuilder())[alias] = change.Name;
            }
        }
        return new Publication
        {
            Resources = next.ToImmutable(),
            Aliases = aliases?.ToImmutable() ?? previous.Aliases,
            Completeness = completeness,
            Changes = changes,
            Digest = digest,
        };
    }

    private IResourceObserver[] Told()
    {
        lock (gate)
        {
            return told ??= [.. observers];
        }
    }
}
