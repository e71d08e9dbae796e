namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>
/// What each region's sources have ever said of each service, in order, as each region may know it. A part is written as its healthy endpoints in order,
/// <c>10.0.0.1:20017</c>, and empty where there is none. The port says who the author is and is counted up: no two parts that are not empty are equal.
/// </summary>
internal sealed class Truth(params string[] regions)
{
    private const int PortsOfARegion = 20_000;

    // How many states a region may be behind its own source.
    private const int AsFarBehind = 20;
    private readonly Lock gate = new();
    private readonly Dictionary<(string Author, string Service), string> said = [];
    private readonly Dictionary<(string Author, string Receiver), Func<string, bool>> exports = [];
    private readonly Dictionary<(string Author, string Receiver, string Service), List<string>> histories = [];
    private readonly Dictionary<(string Author, string Receiver, string Service), List<string>> hidden = [];
    private int counter;

    public IReadOnlyList<string> Regions => regions;

    /// <summary>A port that no part before had.</summary>
    public int NextPort(string author)
    {
        int next = Interlocked.Increment(ref counter);
        return 1 + (Array.IndexOf(regions, author) * PortsOfARegion) + (next % PortsOfARegion);
    }

    /// <summary>The region whose endpoint this is; null: nobody's.</summary>
    public string? AuthorOf(int port) => regions.ElementAtOrDefault((port - 1) / PortsOfARegion);

    /// <summary>A region is about to say this of a service.</summary>
    public void Say(string author, string service, string part)
    {
        lock (gate)
        {
            said[(author, service)] = part;
            foreach (string receiver in regions)
            {
                Note(author, receiver, service);
            }
        }
    }

    /// <summary>A region is about to let another one have these services.</summary>
    public void Export(string author, string receiver, Func<string, bool> services)
    {
        lock (gate)
        {
            exports[(author, receiver)] = services;
            foreach ((_, string service) in said.Keys.Where(key => key.Author == author).ToArray())
            {
                Note(author, receiver, service);
            }
        }
    }

    /// <summary>What a region is to know now.</summary>
    public string Now(string author, string receiver, string service)
    {
        lock (gate)
        {
            return HistoryOf(author, receiver, service)[^1];
        }
    }

    /// <summary>The first place in the history, at or behind another, at which it was so; -1: it never was.</summary>
    public int Find(string author, string receiver, string service, int from, string part)
    {
        lock (gate)
        {
            return HistoryOf(author, receiver, service).IndexOf(part, from);
        }
    }

    /// <summary>What was true before and is seen again, or never was.</summary>
    public string Explain(string author, string receiver, string service, int from, string part)
    {
        lock (gate)
        {
            List<string> history = HistoryOf(author, receiver, service);
            string seen = $"'{part}' of {service} of {author}, having seen '{history[from]}' (number {from} of {history.Count - 1})";
            return part.Length == 0 ? $"is emptied: {seen}" : history.IndexOf(part) is >= 0 and var older ? $"goes back to number {older}: {seen}" : $"shows what never was: {seen}";
        }
    }

    private void Note(string author, string receiver, string service)
    {
        (string, string, string) key = (author, receiver, service);
        List<string> history = HistoryOf(author, receiver, service);
        if (author == receiver || exports.GetValueOrDefault((author, receiver), _ => true)(service))
        {
            // What is exported is what the author knows by then: its sources may be ahead of it.
            history.AddRange(hidden.Remove(key, out List<string>? before) ? before : []);
            Add(history, said[(author, service)]);
            return;
        }
        if (!hidden.TryGetValue(key, out List<string>? since))
        {
            hidden[key] = since = [.. history.TakeLast(AsFarBehind)];
        }
        Add(since, said[(author, service)]);
        Add(history, "");
    }

    private static void Add(List<string> history, string part)
    {
        if (history[^1] != part)
        {
            history.Add(part);
        }
    }

    // In the beginning there is nothing.
    private List<string> HistoryOf(string author, string receiver, string service) =>
        histories.TryGetValue((author, receiver, service), out List<string>? history) ? history : histories[(author, receiver, service)] = [""];
}
