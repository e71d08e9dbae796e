using ControlPlane.Tests.Conformance.Client;

namespace ControlPlane.Tests.Conformance.Properties;

/// <summary>What a client has of one type.</summary>
internal sealed class TypeModel
{
    public HashSet<string> Names { get; } = [];

    /// <summary>What it has accepted.</summary>
    public Dictionary<string, AnswerItem> Kept { get; } = [];

    /// <summary>What it was sent last, accepted or not; of another stream only what it kept.</summary>
    public Dictionary<string, string> Seen { get; } = [];

    /// <summary>Names whose answer is due, whatever it has.</summary>
    public HashSet<string> Asked { get; } = [];

    /// <summary>Assignments that are to be sent again because their clusters were.</summary>
    public HashSet<string> Due { get; } = [];

    /// <summary>SotW: the last version accepted.</summary>
    public string AcceptedVersion { get; private set; } = "";

    private string lastFullState = "";

    public static string Text(AnswerItem item) => Convert.ToHexString(item.Content);

    public void Resume(bool isDelta)
    {
        Asked.Clear();
        Due.Clear();
        Seen.Clear();
        lastFullState = "";
        foreach ((string name, AnswerItem item) in Kept)
        {
            Seen[name] = Text(item);
        }
        Asked.UnionWith(isDelta ? Names.Where(name => !Kept.ContainsKey(name)) : Names);
    }

    public void Forget(string name)
    {
        Names.Remove(name);
        Kept.Remove(name);
        Seen.Remove(name);
        Asked.Remove(name);
        Due.Remove(name);
    }

    /// <summary>A response has come: nothing in it may be known already, unless it was asked for.</summary>
    /// <returns>What is new.</returns>
    public List<string> See(Answer answer, bool isFullState, bool isEndpoints)
    {
        var news = new List<string>();
        foreach (AnswerItem item in answer.Items)
        {
            string text = Text(item);
            bool isKnown = Seen.GetValueOrDefault(item.Name) == text;
            bool isWanted = isFullState || Asked.Contains(item.Name) || (isEndpoints && Due.Contains(item.Name));
            (isKnown && !isWanted).ShouldBeFalse($"{item.Name} came again, and nobody asked");
            if (!isKnown || lastFullState.Length == 0)
            {
                news.Add(item.Name);
            }
            Seen[item.Name] = text;
            Asked.Remove(item.Name);
            Due.Remove(item.Name);
        }
        foreach (string name in answer.Removed)
        {
            Seen.Remove(name);
            Asked.Remove(name);
        }
        if (isFullState)
        {
            string all = string.Join("\n", answer.Items.OrderBy(item => item.Name, StringComparer.Ordinal).Select(Text).Prepend("state"));
            all.ShouldNotBe(lastFullState, "the same state came again");
            lastFullState = all;
            foreach (string name in Seen.Keys.Where(name => answer.Items.All(item => item.Name != name)))
            {
                Seen.Remove(name);
            }
        }
        return news;
    }

    public void Keep(Answer answer, bool isFullState, bool isWildcard)
    {
        AcceptedVersion = answer.Version;
        if (isFullState)
        {
            Kept.Clear();
        }
        foreach (AnswerItem item in answer.Items.Where(item => isWildcard || Names.Contains(item.Name)))
        {
            Kept[item.Name] = item;
        }
        foreach (string name in answer.Removed)
        {
            Kept.Remove(name);
        }
    }
}
