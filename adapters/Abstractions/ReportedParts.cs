using ControlPlane.Model;

namespace ControlPlane.Adapters;

/// <summary>
/// What an adapter has reported of each of its subjects, and what is different since. After a list everything is said again, as a full reading: what is
/// missing from a list is gone without a word of its own. Used by one loop.
/// </summary>
/// <typeparam name="TSubject">What parts are made of: an object of the registry, a name.</typeparam>
public sealed class ReportedParts<TSubject>
    where TSubject : notnull
{
    private readonly Dictionary<TSubject, ValueList<ServicePart>> reported = [];
    private readonly List<DiscoveryEvent> changes = [];
    private bool isWhole;

    /// <summary>Everything is said again the next time.</summary>
    public void SayWhole() => isWhole = true;

    /// <summary>Replaces the parts that a subject makes, one for each service; none: it is gone.</summary>
    public void Set(TSubject subject, ValueList<ServicePart> now)
    {
        ValueList<ServicePart> before = reported.GetValueOrDefault(subject);
        if (now.IsEmpty)
        {
            reported.Remove(subject);
        }
        else
        {
            reported[subject] = now;
        }
        foreach (ServicePart part in before)
        {
            if (!now.Any(other => other.Service == part.Service))
            {
                changes.Add(new Removed(part.Service));
            }
        }
        foreach (ServicePart part in now)
        {
            if (!before.Contains(part))
            {
                changes.Add(new Replaced(part));
            }
        }
    }

    /// <summary>What is different since the last time, or everything.</summary>
    public IReadOnlyList<DiscoveryEvent> Take()
    {
        DiscoveryEvent[] taken = isWhole
            ? [Begun.Instance, .. reported.Values.SelectMany(parts => parts).Select(part => new Replaced(part)), Synced.Instance]
            : [.. changes];
        isWhole = false;
        changes.Clear();
        return taken;
    }
}
