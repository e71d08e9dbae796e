using ControlPlane.Model;

namespace ControlPlane.Adapters.Hosting;

/// <summary>
/// Knows which endpoints count in the size of their service: those that have been ready, those of the first picture, and those that have had
/// their time to start. Others would push traffic away at every rolling update.
/// </summary>
internal sealed class StartGrace(TimeSpan grace, TimeProvider time)
{
    // Not-ready endpoints that do not count yet, and since when they are known.
    private readonly Dictionary<ServiceId, Dictionary<Place, long>> starting = [];

    /// <summary>When the next one has had its time; null if none is starting.</summary>
    public TimeSpan? NextIn => starting.Count == 0
        ? null
        : starting.Values.SelectMany(endpoints => endpoints.Values).Min() is var first
            && grace - time.GetElapsedTime(first) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    /// <summary>Says for each endpoint whether it counts.</summary>
    /// <param name="earlier">What was known of the service; null: nothing.</param>
    /// <param name="isFirstPicture">Whether everything counts at once.</param>
    public ServicePart Mark(ServicePart part, ServicePart? earlier, bool isFirstPicture)
    {
        bool anyNotReady = false;
        foreach (Endpoint endpoint in part.Endpoints)
        {
            anyNotReady |= endpoint.Health == Health.Unhealthy;
        }
        if (isFirstPicture || !anyNotReady)
        {
            starting.Remove(part.Service);
            return part;
        }
        Dictionary<Place, Endpoint> known = [];
        foreach (Endpoint endpoint in earlier?.Endpoints ?? default)
        {
            known.TryAdd(Place.Of(endpoint), endpoint);
        }
        starting.TryGetValue(part.Service, out Dictionary<Place, long>? since);
        var still = new Dictionary<Place, long>();
        var endpoints = part.Endpoints.Select(endpoint =>
        {
            var key = Place.Of(endpoint);
            if (endpoint.Health != Health.Unhealthy || (known.TryGetValue(key, out Endpoint? before) && before.Declared))
            {
                return endpoint;
            }
            long first = since is not null && since.TryGetValue(key, out long value) ? value : time.GetTimestamp();
            if (time.GetElapsedTime(first) >= grace)
            {
                return endpoint;
            }
            still[key] = first;
            return endpoint with { Declared = false };
        }).ToValueList();
        if (still.Count > 0)
        {
            starting[part.Service] = still;
        }
        else
        {
            starting.Remove(part.Service);
        }
        return part with { Endpoints = endpoints };
    }

    public void Forget(ServiceId service) => starting.Remove(service);

    /// <summary>Services with an endpoint whose time is over.</summary>
    public IReadOnlyCollection<ServiceId> Due() =>
        [.. starting.Where(pair => pair.Value.Values.Any(since => time.GetElapsedTime(since) >= grace)).Select(pair => pair.Key)];

    // Several endpoints may share an address.
    private readonly record struct Place(string Cluster, string Address, ValueList<int> Ports)
    {
        public static Place Of(Endpoint endpoint) => new(endpoint.Cluster, endpoint.Address, endpoint.Ports);
    }
}
