using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Subscriptions;

/// <summary>
/// How a client and this server speak: in deltas, or in states of the world. Both work on the same <see cref="Subscription"/>; only what
/// requests mean and what a response holds differs.
/// </summary>
internal abstract class Variant(SendOrder order, int maxResponseBytes)
{
    // For what a response has beside its resources.
    private const int HeadRoom = 512;

    protected SendOrder Order => order;

    /// <summary>Takes in what a request says about subscriptions; what it says about a response comes before.</summary>
    public abstract void Apply(DiscoveryRequest request, Subscription subscription);

    /// <summary>Fills in what is new or changed. False: nothing is to be sent now.</summary>
    public abstract bool AddChanges(Subscription subscription, Response response);

    /// <summary>Fills in what is gone. False: nothing is to be sent now.</summary>
    public abstract bool AddRemovals(Subscription subscription, Response response);

    /// <summary>Fills in the answer for a name that nothing has.</summary>
    protected abstract void AddMissing(Subscription subscription, string name, Response response);

    /// <summary>Fills in the noted names, each by itself.</summary>
    protected bool AddDirty(Subscription subscription, Response response)
    {
        Publication picture = subscription.Picture;
        if (picture.Completeness == Completeness.Waiting && subscription.IsWildcard)
        {
            return false;
        }
        int size = HeadRoom;
        response.Resources.EnsureCapacity(subscription.Dirty.Count);
        foreach ((string name, bool isAsked) in subscription.Dirty)
        {
            if (picture.Find(name) is not { } resource)
            {
                if (picture.Completeness == Completeness.Complete && (!subscription.Gone.ContainsKey(name) || order.MayRemove(subscription, name)))
                {
                    subscription.Dirty.Remove(name);
                    AddMissing(subscription, name, response);
                }
                continue;
            }
            ref Known known = ref subscription.Entry(name);
            if (!isAsked && known.Version == resource.Version)
            {
                subscription.Dirty.Remove(name);
                continue;
            }
            if ((known.IsBrought && picture.Completeness == Completeness.Remembered) || order.MustWait(subscription, resource, isAsked))
            {
                continue;
            }
            size += resource.Delta.Length;
            if (size > maxResponseBytes && response.Resources.Count > 0)
            {
                break;
            }
            subscription.Dirty.Remove(name);
            Add(subscription, resource, ref known, response);
        }
        return response.Resources.Count > 0 || response.Removed.Count > 0;
    }

    protected void Add(Subscription subscription, Resource resource, ref Known known, Response response)
    {
        bool isNews = known.Version != resource.Version;
        known.Version = resource.Version;
        known.IsBrought = false;
        // Under two of its names it is still sent once.
        if (resource.Aliases.IsEmpty || !response.Resources.Contains(resource))
        {
            response.Resources.Add(resource);
        }
        order.Sending(subscription, resource, isNews);
    }

    /// <summary>Fills in what is gone and may go now.</summary>
    protected bool AddGone(Subscription subscription, Response response)
    {
        bool isAny = false;
        foreach (string name in subscription.Gone.Keys)
        {
            if (!order.MayRemove(subscription, name))
            {
                continue;
            }
            if (IsAssignment(subscription, name) && subscription.Entry(name).Version == EmptyAssignment.Create(name).Version)
            {
                // It came and went while the client was not looking.
                subscription.Gone.Remove(name);
                continue;
            }
            AddMissing(subscription, name, response);
            isAny = true;
        }
        return isAny;
    }

    protected static bool IsAssignment(Subscription subscription, string name) =>
        subscription.TypeUrl == TypeUrls.ClusterLoadAssignment && subscription.IsNamed(name);

    /// <summary>An assignment without endpoints: for want of any Envoy waits 15 s.</summary>
    protected void AddEmptyAssignment(Subscription subscription, string name, Response response)
    {
        Resource empty = EmptyAssignment.Create(name);
        subscription.Gone.Remove(name);
        subscription.Entry(name).Version = empty.Version;
        response.Resources.Add(empty);
        order.Sending(subscription, empty, isNews: true);
    }
}
