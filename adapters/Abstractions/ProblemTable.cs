using ControlPlane.Model;

namespace ControlPlane.Adapters;

/// <summary>What is wrong now with what a source holds, by whatever it is wrong with. Used by one loop.</summary>
/// <typeparam name="TSubject">Names what can have problems.</typeparam>
public sealed class ProblemTable<TSubject>
    where TSubject : notnull
{
    // One mistake in the template of a large deployment is in each of its pods.
    private const int MaximumReported = 200;

    private readonly Dictionary<TSubject, ValueList<Problem>> problems = [];
    private ValueList<Problem>? reported;
    private bool isDirty = true;

    /// <summary>Replaces the problems of a subject; none: all is well with it.</summary>
    public void Set(TSubject subject, ValueList<Problem> now)
    {
        if (now.IsEmpty ? problems.Remove(subject) : problems.GetValueOrDefault(subject) != now)
        {
            isDirty = true;
            if (!now.IsEmpty)
            {
                problems[subject] = now;
            }
        }
    }

    /// <summary>All problems if they are others than the last time; else null.</summary>
    public Troubled? TakeChange()
    {
        if (!isDirty)
        {
            return null;
        }
        isDirty = false;
        Problem[] all = [.. problems.Values.SelectMany(list => list).OrderBy(problem => problem.Where, StringComparer.Ordinal).Take(MaximumReported)];
        ValueList<Problem> now = all.ToValueList();
        if (now == reported)
        {
            return null;
        }
        reported = now;
        return new Troubled(now);
    }
}
