using System.Diagnostics;

namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>
/// Somebody who is told of services by one region, and holds what it sees against what was ever true: each part that it sees was one, and none is older
/// than the one it saw before.
/// </summary>
/// <param name="carriesOver">Whether it brings what it knows to the next life of the region, as proxies do.</param>
internal sealed class Observer(string name, string region, Truth truth, Action<string> fail, bool carriesOver)
{
    // The write of what was known last is behind by a second at most; the machine may be busy.
    private static readonly TimeSpan Unwritten = TimeSpan.FromSeconds(4);
    private readonly Lock gate = new();
    private readonly Dictionary<(string Author, string Service), List<(long Time, int Place)>> seen = [];
    private readonly Dictionary<(string Author, string Service), string> parts = [];

    /// <summary>How often something else was seen than before.</summary>
    public int Changes { get; private set; }

    /// <summary>A service, as it is shown now.</summary>
    /// <param name="endpoints">Port and text of each.</param>
    public void See(string service, IEnumerable<(int Port, string Text)> endpoints)
    {
        lock (gate)
        {
            ILookup<string, string> byAuthor = endpoints.ToLookup(endpoint => truth.AuthorOf(endpoint.Port) ?? "", endpoint => endpoint.Text);
            foreach (string author in truth.Regions)
            {
                See(author, service, string.Join(", ", byAuthor[author].Order(StringComparer.Ordinal)));
            }
        }
    }

    /// <summary>What it sees from now on is of another life of the region.</summary>
    public void Restarted(Loss loss)
    {
        lock (gate)
        {
            long written = Stopwatch.GetTimestamp() - (long)(Unwritten.TotalSeconds * Stopwatch.Frequency);
            foreach (((string author, string service), List<(long Time, int Place)> places) in seen)
            {
                if (loss == Loss.Everything && !(carriesOver && author == region && !Services.IsRegistered(service)))
                {
                    places.Clear();
                }
                else if (loss == Loss.LastSecond)
                {
                    int place = places.LastOrDefault(place => place.Time < written).Place;
                    places.Clear();
                    places.Add((Stopwatch.GetTimestamp(), place));
                }
            }
        }
    }

    /// <summary>What it sees that is not so, and does not see that is so.</summary>
    public IReadOnlyList<string> Differences()
    {
        lock (gate)
        {
            return
            [
                .. from author in truth.Regions
                   from service in Services.All
                   let shown = parts.GetValueOrDefault((author, service), "")
                   let now = truth.Now(author, region, service)
                   where now != shown
                   select $"{name}: {service} of {author} is '{now}' and seen as '{shown}'",
            ];
        }
    }

    private void See(string author, string service, string part)
    {
        bool isKnown = parts.TryGetValue((author, service), out string? before);
        List<(long Time, int Place)> places = seen.TryGetValue((author, service), out List<(long Time, int Place)>? found) ? found : seen[(author, service)] = [];
        if (isKnown && before == part && places.Count > 0)
        {
            return;
        }
        parts[(author, service)] = part;
        Changes++;
        int last = places.Count == 0 ? 0 : places[^1].Place;
        int place = truth.Find(author, region, service, last, part);
        if (place < 0)
        {
            fail($"{name} {truth.Explain(author, region, service, last, part)}");
            return;
        }
        places.Add((Stopwatch.GetTimestamp(), place));
        if (places.Count > 200)
        {
            places.RemoveRange(0, 100);
        }
    }
}

/// <summary>What a region has lost with its last life.</summary>
internal enum Loss
{
    Nothing,
    LastSecond,
    Everything,
}
