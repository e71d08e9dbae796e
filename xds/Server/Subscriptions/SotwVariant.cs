using System.Runtime.InteropServices;
using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Subscriptions;

/// <summary>
/// State of the world: each request says all names, and a response of clusters or listeners holds all that there is; of other types it holds
/// what changed.
/// </summary>
internal sealed class SotwVariant(SendOrder order, int maxResponseBytes) : Variant(order, maxResponseBytes)
{
    private const string Wildcard = "*";

    public override void Apply(DiscoveryRequest request, Subscription subscription)
    {
        bool isFirst = !subscription.IsStarted;
        subscription.IsStarted = true;
        bool isFullState = TypeUrls.IsFullState(subscription.TypeUrl);
        subscription.WasNamed |= request.Names.Count > 0;
        bool isWildcard = request.Names.Contains(Wildcard) || (isFullState && !subscription.WasNamed);
        if (isWildcard && !subscription.IsWildcard)
        {
            subscription.IsWildcard = true;
            subscription.IsAnswerDue = isFullState;
            if (!isFullState)
            {
                subscription.NoteAll();
            }
        }
        if (HasOtherNames(request.Names, subscription))
        {
            Rename(request.Names, subscription);
        }
        if (!isWildcard && subscription.IsWildcard)
        {
            subscription.StopWildcard();
        }
        if (isFirst && request.Version.Length > 0)
        {
            Resume(request.Version, isFullState, subscription);
        }
    }

    public override bool AddChanges(Subscription subscription, Response response)
    {
        if (TypeUrls.IsFullState(subscription.TypeUrl))
        {
            return MayAnswer(subscription) && IsNews(subscription) && AddAll(subscription, response);
        }
        AddDirty(subscription, response);
        subscription.IsAnswerDue = false;
        response.Version = subscription.Picture.Version;
        // An empty response of these types would say nothing.
        return response.Resources.Count > 0;
    }

    public override bool AddRemovals(Subscription subscription, Response response)
    {
        if (subscription.Picture.Completeness != Completeness.Complete)
        {
            return false;
        }
        bool isAny = AddGone(subscription, response);
        if (TypeUrls.IsFullState(subscription.TypeUrl))
        {
            return isAny && AddAll(subscription, response);
        }
        response.Version = subscription.Picture.Version;
        return response.Resources.Count > 0;
    }

    protected override void AddMissing(Subscription subscription, string name, Response response)
    {
        if (IsAssignment(subscription, name))
        {
            AddEmptyAssignment(subscription, name, response);
            return;
        }
        if (TypeUrls.IsFullState(subscription.TypeUrl))
        {
            // Its absence says it.
            response.Removed.Add(name);
            subscription.Drop(name);
            return;
        }
        // Nothing can say it: the client keeps what it has.
        subscription.Gone.Remove(name);
        Order.Forgotten(subscription, name);
    }

    /// <summary>The client has a version of what it names from an earlier stream: of which names cannot be told.</summary>
    private static void Resume(string version, bool isFullState, Subscription subscription)
    {
        if (isFullState)
        {
            subscription.ClaimedVersion = version;
            return;
        }
        foreach (string name in subscription.Known.Keys)
        {
            subscription.Entry(name).IsBrought = true;
        }
    }

    private static bool HasOtherNames(List<string> names, Subscription subscription)
    {
        int named = 0;
        foreach (string name in names)
        {
            if (name == Wildcard)
            {
                continue;
            }
            if (!subscription.IsNamed(name))
            {
                return true;
            }
            named++;
        }
        return named != subscription.NamedCount;
    }

    private void Rename(List<string> names, Subscription subscription)
    {
        var wanted = names.ToHashSet(StringComparer.Ordinal);
        wanted.Remove(Wildcard);
        subscription.Expect(Math.Max(0, wanted.Count - subscription.NamedCount));
        foreach ((string name, Known known) in subscription.Known)
        {
            if (known.IsNamed && !wanted.Contains(name))
            {
                subscription.Unname(name);
                Order.Forgotten(subscription, name);
            }
        }
        foreach (string name in wanted)
        {
            if (!subscription.IsNamed(name))
            {
                subscription.Name(name);
                Order.TakeOwed(subscription, name);
                subscription.Ask(name);
            }
        }
    }

    /// <summary>
    /// Whether the full state may be sent now: what it does not hold the client takes for gone. A client that comes back with the same
    /// version is sent nothing, if it has subscribed to all (with names, some clients want an answer on each stream).
    /// </summary>
    private static bool MayAnswer(Subscription subscription)
    {
        Publication picture = subscription.Picture;
        bool isAllThere = !subscription.IsWildcard && subscription.NamedCount > 0 && IsEveryNameThere(subscription);
        if (picture.Completeness == Completeness.Waiting)
        {
            return isAllThere;
        }
        if (subscription.ClaimedVersion is not { } claimed)
        {
            return true;
        }
        if (subscription.IsWildcard && claimed == picture.Version)
        {
            subscription.ClaimedVersion = null;
            subscription.IsAnswerDue = false;
            TakeAllAsKnown(subscription);
            return subscription.Dirty.Count > 0;
        }
        if (picture.Completeness == Completeness.Remembered || (picture.Completeness != Completeness.Complete && !isAllThere))
        {
            return false;
        }
        subscription.ClaimedVersion = null;
        return true;
    }

    private static bool IsEveryNameThere(Subscription subscription)
    {
        foreach ((string name, Known known) in subscription.Known)
        {
            if (known.IsNamed && subscription.Picture.Find(name) is null)
            {
                return false;
            }
        }
        return true;
    }

    private static void TakeAllAsKnown(Subscription subscription)
    {
        foreach ((string name, Resource resource) in subscription.Picture.Resources)
        {
            ref Known known = ref subscription.Entry(name);
            known.Version = resource.Version;
            known.IsAccepted = true;
        }
        // The names beside the wildcard are among these, or the client has learnt earlier that they are not.
        subscription.Dirty.Clear();
    }

    private static bool IsNews(Subscription subscription)
    {
        if (subscription.IsAnswerDue)
        {
            return true;
        }
        foreach ((string name, bool isAsked) in subscription.Dirty)
        {
            if (isAsked || subscription.Picture.Find(name)?.Version != subscription.Entry(name).Version)
            {
                return true;
            }
        }
        subscription.Dirty.Clear();
        return false;
    }

    private bool AddAll(Subscription subscription, Response response)
    {
        ulong digest = 0;
        if (subscription.IsWildcard)
        {
            response.Resources.EnsureCapacity(subscription.Picture.Resources.Count);
            subscription.Known.EnsureCapacity(subscription.Picture.Resources.Count);
            foreach ((string name, Resource resource) in subscription.Picture.Resources)
            {
                Add(subscription, resource, ref subscription.Entry(name), response);
            }
            digest = subscription.Picture.Digest;
        }
        else
        {
            foreach (string name in subscription.Known.Keys)
            {
                ref Known known = ref CollectionsMarshal.GetValueRefOrNullRef(subscription.Known, name);
                if (known.IsNamed && subscription.Picture.Find(name) is { } resource)
                {
                    Add(subscription, resource, ref known, response);
                    digest += resource.Digest;
                }
            }
        }
        // What is gone but may not go yet stays in.
        foreach (Resource? resource in subscription.Gone.Values)
        {
            if (resource is not null)
            {
                response.Resources.Add(resource);
                digest += resource.Digest;
            }
        }
        response.Version = Publication.VersionOf(digest);
        subscription.Dirty.Clear();
        subscription.IsAnswerDue = false;
        return true;
    }
}
