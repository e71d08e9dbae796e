using System.Collections.Concurrent;

namespace ControlPlane.Tests.EndToEnd.Traffic;

/// <summary>Who answered how many requests, and which failed.</summary>
public sealed class Tally
{
    private readonly ConcurrentDictionary<string, int> answers = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    public IReadOnlyDictionary<string, int> Answers => answers;

    public int Total => answers.Values.Sum();

    public void Add(string name) => answers.AddOrUpdate(name, 1, static (_, count) => count + 1);

    /// <summary>The share in percent of those whose names begin like this.</summary>
    public double Share(string prefix) =>
        Total == 0 ? 0 : 100.0 * answers.Where(answer => answer.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(answer => answer.Value) / Total;

    /// <summary>Those that were not there before. Failures are not among them.</summary>
    public Tally Since(IReadOnlyDictionary<string, int> before)
    {
        var since = new Tally();
        foreach ((string name, int count) in answers.Select(answer => (answer.Key, answer.Value - before.GetValueOrDefault(answer.Key))).Where(answer => answer.Item2 > 0))
        {
            since.answers[name] = count;
        }
        return since;
    }

    public override string ToString() =>
        string.Join(", ", answers.OrderBy(answer => answer.Key).Select(answer => $"{answer.Key}: {answer.Value}"))
        + (Failures.IsEmpty ? "" : $"; failed: {Failures.Count}, the first: {Failures.First()}");
}
