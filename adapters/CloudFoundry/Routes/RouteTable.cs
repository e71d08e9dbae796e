using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Routes;

/// <summary>All that is registered, until it is taken back or not renewed in time. Used by one loop.</summary>
internal sealed class RouteTable(TimeSpan prune, TimeProvider time)
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> groups = new(StringComparer.Ordinal);
    private HashSet<string> changed = new(StringComparer.Ordinal);

    public int Count => entries.Count;

    public IReadOnlyCollection<string> Groups => groups.Keys;

    /// <summary>Takes a registration, or its renewal. Whoever had the address before is gone from it.</summary>
    public void Register(RouteMessage message)
    {
        RegisteredEndpoint endpoint = message.Endpoint();
        long now = time.GetTimestamp();
        Entry? entry = entries.GetValueOrDefault(endpoint.Address);
        if (entry is not null && (entry.Endpoint.App != endpoint.App || entry.Endpoint.InstanceId != endpoint.InstanceId))
        {
            Remove(entry);
            entry = null;
        }
        if (entry is null)
        {
            entry = new Entry { Endpoint = endpoint, Since = now };
            Add(entry);
        }
        if (entry.Endpoint != endpoint)
        {
            entry.Endpoint = endpoint;
            changed.Add(endpoint.Group);
        }
        TimeSpan lives = message.StaleThresholdInSeconds > 0 ? TimeSpan.FromSeconds(message.StaleThresholdInSeconds) : prune;
        foreach (string uri in Uris(message))
        {
            var route = new RegisteredRoute(uri, message.RouteServiceUrl ?? "");
            if (!entry.Routes.TryGetValue(uri, out Life? known) || known.Route != route)
            {
                changed.Add(endpoint.Group);
            }
            entry.Routes[uri] = new Life(route, now, lives);
        }
    }

    /// <summary>Takes routes back. An endpoint without routes is gone.</summary>
    public void Unregister(RouteMessage message)
    {
        RegisteredEndpoint endpoint = message.Endpoint();
        // A container that ends late must not take away what another has registered at its address since.
        if (!entries.TryGetValue(endpoint.Address, out Entry? entry) || (endpoint.InstanceId.Length > 0 && entry.Endpoint.InstanceId != endpoint.InstanceId))
        {
            return;
        }
        foreach (string uri in Uris(message))
        {
            if (entry.Routes.Remove(uri))
            {
                changed.Add(entry.Endpoint.Group);
            }
        }
        if (entry.Routes.Count == 0)
        {
            Remove(entry);
        }
    }

    /// <summary>Takes away what was not renewed in time.</summary>
    /// <returns>Whether there was any.</returns>
    public bool Prune()
    {
        bool isAny = false;
        foreach (Entry entry in entries.Values.ToArray())
        {
            string[] late = [.. entry.Routes.Where(pair => time.GetElapsedTime(pair.Value.Renewed) > pair.Value.Lives).Select(pair => pair.Key)];
            foreach (string uri in late)
            {
                entry.Routes.Remove(uri);
                changed.Add(entry.Endpoint.Group);
                isAny = true;
            }
            if (entry.Routes.Count == 0)
            {
                Remove(entry);
            }
        }
        return isAny;
    }

    /// <summary>All that is known counts as renewed now: nothing could be heard for a while.</summary>
    public void Renew()
    {
        long now = time.GetTimestamp();
        foreach (Entry entry in entries.Values)
        {
            foreach ((string uri, Life life) in entry.Routes.ToArray())
            {
                entry.Routes[uri] = life with { Renewed = now };
            }
        }
    }

    public void Clear()
    {
        entries.Clear();
        groups.Clear();
        changed.Clear();
    }

    /// <summary>The groups that are different since the last time, those that are gone among them.</summary>
    public IReadOnlyCollection<string> TakeChanged()
    {
        HashSet<string> taken = changed;
        changed = new HashSet<string>(StringComparer.Ordinal);
        return taken;
    }

    /// <summary>All of a group, in the order of their addresses.</summary>
    public IReadOnlyList<Registration> Of(string group) => groups.TryGetValue(group, out SortedSet<string>? addresses)
        ? [.. addresses.Select(address => entries[address]).Select(entry => new Registration(entry.Endpoint, entry.Routes.Values.Select(life => life.Route).ToValueList(), entry.Since))]
        : [];

    private void Add(Entry entry)
    {
        entries[entry.Endpoint.Address] = entry;
        if (!groups.TryGetValue(entry.Endpoint.Group, out SortedSet<string>? addresses))
        {
            groups[entry.Endpoint.Group] = addresses = new SortedSet<string>(StringComparer.Ordinal);
        }
        addresses.Add(entry.Endpoint.Address);
        changed.Add(entry.Endpoint.Group);
    }

    private void Remove(Entry entry)
    {
        string group = entry.Endpoint.Group;
        entries.Remove(entry.Endpoint.Address);
        if (groups.TryGetValue(group, out SortedSet<string>? addresses) && addresses.Remove(entry.Endpoint.Address) && addresses.Count == 0)
        {
            groups.Remove(group);
        }
        changed.Add(group);
    }

    // Hosts are the same in any case.
    private static IEnumerable<string> Uris(RouteMessage message) =>
        message.Uris!.Where(uri => !string.IsNullOrWhiteSpace(uri)).Select(uri => uri!.Trim().ToLowerInvariant().TrimEnd('/'));

    private sealed class Entry
    {
        public required RegisteredEndpoint Endpoint { get; set; }

        public required long Since { get; init; }

        public SortedDictionary<string, Life> Routes { get; } = new(StringComparer.Ordinal);
    }

    private sealed record Life(RegisteredRoute Route, long Renewed, TimeSpan Lives);
}
