using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Subscriptions;

/// <summary>Incremental xDS: requests add and remove names, a response holds what changed and the names of what is gone.</summary>
/// <param name="canSayWildcard">False: the client is so old that, coming back, it lists what it has where it means all.</param>
internal sealed class DeltaVariant(SendOrder order, int maxResponseBytes, bool canSayWildcard) : Variant(order, maxResponseBytes)
{
    private const string Wildcard = "*";

    public override void Apply(DiscoveryRequest request, Subscription subscription)
    {
        bool isFirst = !subscription.IsStarted;
        subscription.IsStarted = true;
        subscription.Expect(request.Names.Count);
        foreach (string name in request.Unsubscribed)
        {
            Unsubscribe(name, subscription);
        }
        if (isFirst)
        {
            if (MeansAll(request, subscription.TypeUrl))
            {
                subscription.IsWildcard = true;
                subscription.IsAnswerDue = request.InitialVersions.Count == 0;
                subscription.NoteAll();
            }
            foreach (string name in request.Names)
            {
                SubscribeFirst(name, request, subscription);
            }
            foreach ((string name, string version) in request.InitialVersions)
            {
                Resume(name, version, subscription);
            }
            return;
        }
        foreach (string name in request.Names)
        {
            Subscribe(name, subscription);
        }
    }

    public override bool AddChanges(Subscription subscription, Response response)
    {
        if (!AddDirty(subscription, response)
            && !(subscription.IsAnswerDue && subscription.Picture.Completeness != Completeness.Waiting))
        {
            return false;
        }
        subscription.IsAnswerDue = false;
        return true;
    }

    public override bool AddRemovals(Subscription subscription, Response response) =>
        subscription.Picture.Completeness == Completeness.Complete && AddGone(subscription, response);

    protected override void AddMissing(Subscription subscription, string name, Response response)
    {
        if (IsAssignment(subscription, name))
        {
            AddEmptyAssignment(subscription, name, response);
            return;
        }
        bool isNew = !subscription.Gone.ContainsKey(name);
        subscription.Drop(name);
        if (subscription.TypeUrl == TypeUrls.VirtualHost && isNew)
        {
            // Envoy then answers the waiting request at once; after removed_resources it would wait on.
            response.Resources.Add(Resource.WithoutContent(subscription.TypeUrl, name));
        }
        else
        {
            response.Removed.Add(name);
        }
    }

    /// <summary>
    /// Whether the first request of a type is for all there is: it names the wildcard or nothing; or it has resources that it does not name,
    /// as a client had that came back with the few names it had asked for on demand and meant them beside the wildcard.
    /// </summary>
    private bool MeansAll(DiscoveryRequest request, string typeUrl)
    {
        if (request.Names.Contains(Wildcard))
        {
            return true;
        }
        bool isFullState = TypeUrls.IsFullState(typeUrl);
        if (request.Names.Count == 0)
        {
            return request.Unsubscribed.Count == 0 && (isFullState || typeUrl == TypeUrls.VirtualHost);
        }
        if (!isFullState || request.InitialVersions.Count == 0)
        {
            return false;
        }
        var names = request.Names.ToHashSet(StringComparer.Ordinal);
        return !canSayWildcard || request.InitialVersions.Keys.Any(name => !names.Contains(name));
    }

    private void SubscribeFirst(string name, DiscoveryRequest request, Subscription subscription)
    {
        if (name == Wildcard)
        {
            subscription.WasNamed = true;
            return;
        }
        subscription.Name(name);
        // What the client says it has is only noted: it is compared.
        if (Order.TakeOwed(subscription, name) || !request.InitialVersions.ContainsKey(name))
        {
            subscription.Ask(name);
        }
        else
        {
            subscription.Dirty.TryAdd(name, false);
        }
    }

    private void Subscribe(string name, Subscription subscription)
    {
        if (name == Wildcard)
        {
            subscription.WasNamed = true;
            subscription.IsWildcard = true;
            subscription.IsAnswerDue = true;
            subscription.NoteAll();
            return;
        }
        subscription.Name(name);
        Order.TakeOwed(subscription, name);
        subscription.Ask(name);
    }

    private void Unsubscribe(string name, Subscription subscription)
    {
        if (name == Wildcard)
        {
            subscription.WasNamed = true;
            subscription.StopWildcard();
            return;
        }
        bool isKnown = subscription.Known.ContainsKey(name);
        subscription.Unname(name);
        if (subscription.IsWildcard && isKnown)
        {
            // The client may have dropped it, though the wildcard still covers it.
            subscription.Ask(name);
        }
        else if (!subscription.IsWildcard)
        {
            Order.Forgotten(subscription, name);
        }
    }

    /// <summary>The client has it from an earlier stream.</summary>
    private void Resume(string name, string version, Subscription subscription)
    {
        if (!subscription.IsSubscribed(name))
        {
            return;
        }
        Resource? current = subscription.Picture.Find(name);
        if (current is null && subscription.TypeUrl == TypeUrls.ClusterLoadAssignment && EmptyAssignment.Create(name) is { } empty && empty.Version == version)
        {
            // It was told once that there is none.
            current = empty;
        }
        ref Known known = ref subscription.Entry(name);
        // The shared text is kept, not the one of this request.
        known.Version = current?.Version == version ? current.Version : version;
        known.IsAccepted = known.IsBrought = true;
        if (current is null)
        {
            subscription.Gone[name] = null;
        }
        if (subscription.Picture.Find(name) is null && subscription.Dirty.TryGetValue(name, out bool isAsked) && !isAsked)
        {
            subscription.Dirty.Remove(name);
        }
        Order.Resumed(subscription, name, current, isSame: current?.Version == version);
    }
}
