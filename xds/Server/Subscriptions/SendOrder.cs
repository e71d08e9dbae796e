using System.Collections.Immutable;
using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Subscriptions;

/// <summary>
/// What the types of one stream owe each other, so that no change is seen half made: a route waits for the clusters that it newly names,
/// a cluster goes after the routes to it, its endpoints after the cluster, a cluster that changes is followed by its endpoints again, and endpoints
/// wait for the secret that says whom to trust. An endpoint that newly names a listener of the proxy itself waits for the cluster behind it; the listener goes
/// a while after that endpoint, and the cluster after the listener.
/// </summary>
/// <remarks>The xDS protocol, "Eventual consistency considerations"; what Envoy does while a cluster warms.</remarks>
/// <param name="wakeIn">Asks for a turn after that time.</param>
internal sealed class SendOrder(TimeProvider time, XdsServerOptions options, Action<TimeSpan> wakeIn)
{
    private readonly long start = time.GetTimestamp();
    private readonly HashSet<string> owed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Resource> routes = new(StringComparer.Ordinal);
    private readonly HashSet<string> unknownRoutes = new(StringComparer.Ordinal);
    private readonly Dictionary<ResourceReference, long> waiting = [];
    private readonly Dictionary<string, ImmutableArray<ResourceReference>> leaving = new(StringComparer.Ordinal);
    private readonly HashSet<string> leavingAssignments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Resource> assignmentsToListeners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Resource> listenersToClusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> listenersLeft = new(StringComparer.Ordinal);
    private Subscription? clusters;
    private Subscription? secrets;
    private Subscription? assignments;
    private Subscription? listeners;
    private Subscription? routeConfigurations;
    private Subscription? virtualHosts;
    private bool hasResumedClusters;

    /// <summary>Whether the stream is of one type alone: then nothing is owed.</summary>
    public bool IsSingleType { get; init; }

    public void Register(Subscription subscription)
    {
        switch (subscription.TypeUrl)
        {
            case TypeUrls.Cluster:
                clusters = subscription;
                subscription.Departed = Departed;
                subscription.Returned = Returned;
                break;
            case TypeUrls.Secret:
                secrets = subscription;
                break;
            case TypeUrls.ClusterLoadAssignment:
                assignments = subscription;
                break;
            case TypeUrls.Listener:
                listeners = subscription;
                break;
            case TypeUrls.RouteConfiguration:
                routeConfigurations = subscription;
                break;
            case TypeUrls.VirtualHost:
                virtualHosts = subscription;
                break;
        }
    }

    /// <summary>Whether a cluster was sent whose assignment has this name, and the assignment not since.</summary>
    public bool TakeOwed(Subscription subscription, string name)
    {
        if (subscription != assignments || !owed.Remove(name))
        {
            return false;
        }
        if (owed.Count == 0)
        {
            owed.TrimExcess();
        }
        return true;
    }

    /// <summary>The client no longer wants it.</summary>
    public void Forgotten(Subscription subscription, string name)
    {
        if (subscription == routeConfigurations)
        {
            routes.Remove(name);
            unknownRoutes.Remove(name);
            waiting.Remove(new ResourceReference(TypeUrls.RouteConfiguration, name));
        }
        else if (subscription == assignments)
        {
            Leave(name);
            waiting.Remove(new ResourceReference(TypeUrls.ClusterLoadAssignment, name));
        }
        else if (subscription == listeners)
        {
            listenersToClusters.Remove(name);
        }
    }

    /// <summary>The client has it from an earlier stream.</summary>
    public void Resumed(Subscription subscription, string name, Resource? current, bool isSame)
    {
        if (subscription == clusters && current is null)
        {
            hasResumedClusters = true;
            Departed(name, null);
        }
        if (subscription == routeConfigurations)
        {
            if (isSame)
            {
                routes[name] = current!;
            }
            else if (current is not null)
            {
                unknownRoutes.Add(name);
            }
        }
        else if (subscription == listeners && isSame)
        {
            Listens(current!);
        }
        else if (subscription == assignments && isSame)
        {
            Assigned(current!);
        }
    }

    /// <summary>A resource goes into a response.</summary>
    public void Sending(Subscription subscription, Resource resource, bool isNews)
    {
        if (subscription == routeConfigurations || subscription == assignments)
        {
            waiting.Remove(new ResourceReference(subscription.TypeUrl, resource.Name));
        }
        else if (subscription == listeners)
        {
            Listens(resource);
        }
        else if (subscription == clusters && isNews && !IsSingleType)
        {
            Returned(resource.Name);
            foreach (ResourceReference reference in resource.References)
            {
                if (reference.TypeUrl != TypeUrls.ClusterLoadAssignment)
                {
                    continue;
                }
                if (assignments?.IsSubscribed(reference.Name) is true)
                {
                    assignments.Ask(reference.Name);
                }
                else
                {
                    owed.Add(reference.Name);
                }
            }
        }
    }

    /// <summary>Whether a resource may not be sent yet, because of clusters or secrets that it names.</summary>
    /// <param name="isAsked">The client asked for it, or its cluster warms until it comes.</param>
    public bool MustWait(Subscription subscription, Resource resource, bool isAsked)
    {
        if (subscription == assignments)
        {
            // A cluster that warms keeps all acknowledgements of clusters back: who waits for one then would wait for itself.
            return MustWaitForSecrets(resource)
                || (!isAsked && AreClustersUnderWay && MustWaitForClusters(resource, ListenersOf(resource).SelectMany(listener => listener.References)));
        }
        return subscription == routeConfigurations && AreClustersUnderWay && MustWaitForClusters(resource, resource.References);
    }

    private bool AreClustersUnderWay => clusters is { IsStarted: true } && (clusters.InFlight.Count > 0 || clusters.Dirty.Count > 0);

    private bool MustWaitForClusters(Resource resource, IEnumerable<ResourceReference> references)
    {
        List<string>? unaccepted = null;
        foreach (ResourceReference reference in references)
        {
            if (reference.TypeUrl == TypeUrls.Cluster && clusters!.IsSubscribed(reference.Name)
                && !(clusters.Known.TryGetValue(reference.Name, out Known known) && known.IsAccepted)
                && clusters.Picture.Resources.ContainsKey(reference.Name))
            {
                (unaccepted ??= []).Add(reference.Name);
            }
        }
        if (unaccepted is null)
        {
            return false;
        }
        var waiter = new ResourceReference(resource.TypeUrl, resource.Name);
        if (!waiting.TryGetValue(waiter, out long since))
        {
            waiting[waiter] = since = time.GetTimestamp();
        }
        TimeSpan left = options.ClusterPatience - time.GetElapsedTime(since);
        if (left > TimeSpan.Zero)
        {
            wakeIn(left);
            return true;
        }
        // Who has waited once for these does not wait for them again.
        unaccepted.ForEach(name => clusters!.Entry(name).IsAccepted = true);
        return false;
    }

    private IEnumerable<Resource> ListenersOf(Resource assignment)
    {
        foreach (ResourceReference reference in assignment.References)
        {
            if (reference.TypeUrl == TypeUrls.Listener && listeners?.Picture.Resources.TryGetValue(reference.Name, out Resource? listener) is true)
            {
                yield return listener;
            }
        }
    }

    // Until they are sent: the client takes in what it is sent in that order. What keeps secrets back is an answer to earlier ones, not for ever.
    private bool MustWaitForSecrets(Resource assignment)
    {
        if (assignment.References.IsEmpty || secrets is not { InFlight.Count: > 0, Dirty.Count: > 0 })
        {
            return false;
        }
        foreach (ResourceReference reference in assignment.References)
        {
            if (reference.TypeUrl == TypeUrls.Secret && secrets.Dirty.ContainsKey(reference.Name)
                && secrets.Picture.Resources.TryGetValue(reference.Name, out Resource? secret)
                && secret.Version != (secrets.Known.TryGetValue(reference.Name, out Known known) ? known.Version : null))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether what is gone may be taken from the client now.</summary>
    public bool MayRemove(Subscription subscription, string name)
    {
        if (IsSingleType)
        {
            return true;
        }
        if (subscription == assignments)
        {
            return !leavingAssignments.Contains(name);
        }
        if (subscription == listeners)
        {
            return !IsAssigned(name) && !IsOnItsWayTo(name);
        }
        if (subscription != clusters)
        {
            return true;
        }
        if (IsListenedFor(name))
        {
            return false;
        }
        if (listeners?.Dirty.Count > 0 || virtualHosts?.Dirty.Count > 0 || routeConfigurations?.Dirty.Count > 0 || unknownRoutes.Count > 0)
        {
            return false;
        }
        if (hasResumedClusters && routeConfigurations is null)
        {
            // It has not said yet what routes it has; Envoy says so at once.
            TimeSpan left = options.ResumeGrace - time.GetElapsedTime(start);
            if (left > TimeSpan.Zero)
            {
                wakeIn(left);
                return false;
            }
        }
        return !IsRouted(name);
    }

    /// <summary>A response was answered.</summary>
    public void Answered(Subscription subscription, Response response, bool isAccepted)
    {
        if (subscription == clusters)
        {
            foreach (string name in response.Removed)
            {
                Returned(name);
            }
        }
        else if (subscription == listeners)
        {
            response.Removed.ForEach(name => listenersToClusters.Remove(name));
        }
        else if (subscription == routeConfigurations)
        {
            foreach (Resource resource in response.Resources)
            {
                unknownRoutes.Remove(resource.Name);
                if (isAccepted && subscription.IsSubscribed(resource.Name))
                {
                    routes[resource.Name] = resource;
                }
            }
            if (isAccepted)
            {
                response.Removed.ForEach(name => routes.Remove(name));
            }
        }
        else if (subscription == assignments && isAccepted)
        {
            foreach (Resource resource in response.Resources)
            {
                Leave(resource.Name);
                if (subscription.IsSubscribed(resource.Name))
                {
                    Assigned(resource);
                }
            }
            response.Removed.ForEach(Leave);
        }
    }

    private void Listens(Resource listener)
    {
        if (listener.References.Any(reference => reference.TypeUrl == TypeUrls.Cluster))
        {
            listenersToClusters[listener.Name] = listener;
        }
        else
        {
            listenersToClusters.Remove(listener.Name);
        }
    }

    private void Assigned(Resource assignment)
    {
        if (assignment.References.Any(reference => reference.TypeUrl == TypeUrls.Listener))
        {
            assignmentsToListeners[assignment.Name] = assignment;
        }
    }

    private bool IsRouted(string cluster)
    {
        var reference = new ResourceReference(TypeUrls.Cluster, cluster);
        return routes.Values.Any(route => route.References.Contains(reference))
            || (routeConfigurations?.InFlight.Any(response => response.Resources.Any(route => route.References.Contains(reference))) ?? false);
    }

    private bool IsAssigned(string listener)
    {
        var reference = new ResourceReference(TypeUrls.Listener, listener);
        return assignmentsToListeners.Values.Any(assignment => assignment.References.Contains(reference))
            || (assignments?.InFlight.Any(response => response.Resources.Any(assignment => assignment.References.Contains(reference))) ?? false);
    }

    // The client acknowledges before each of its threads has taken it in, and one that is busy may still have a request on its way.
    private bool IsOnItsWayTo(string listener)
    {
        if (!listenersLeft.TryGetValue(listener, out long since))
        {
            return false;
        }
        TimeSpan left = options.ListenerGrace - time.GetElapsedTime(since);
        if (left > TimeSpan.Zero)
        {
            wakeIn(left);
            return true;
        }
        listenersLeft.Remove(listener);
        return false;
    }

    private void Leave(string assignment)
    {
        if (assignmentsToListeners.Remove(assignment, out Resource? old))
        {
            foreach (ResourceReference reference in old.References.Where(reference => reference.TypeUrl == TypeUrls.Listener))
            {
                listenersLeft[reference.Name] = time.GetTimestamp();
            }
        }
    }

    private bool IsListenedFor(string cluster)
    {
        var reference = new ResourceReference(TypeUrls.Cluster, cluster);
        return listenersToClusters.Values.Any(listener => listener.References.Contains(reference));
    }

    private void Departed(string cluster, Resource? last)
    {
        if (IsSingleType)
        {
            return;
        }
        // Without its content its assignment is taken to be called like it.
        ImmutableArray<ResourceReference> references = last?.References ?? [new ResourceReference(TypeUrls.ClusterLoadAssignment, cluster)];
        leaving[cluster] = references;
        foreach (ResourceReference reference in references)
        {
            owed.Remove(reference.Name);
            leavingAssignments.Add(reference.Name);
        }
    }

    private void Returned(string cluster)
    {
        if (leaving.Remove(cluster, out ImmutableArray<ResourceReference> references))
        {
            foreach (ResourceReference reference in references)
            {
                leavingAssignments.Remove(reference.Name);
            }
        }
    }
}
