using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.State;

/// <summary>What is wrong now, by object.</summary>
internal sealed class ProblemTable
{
    // One mistake in the template of a large deployment is in each of its pods.
    private const int MaximumReported = 200;

    private readonly Dictionary<(string Kind, NamespacedName Name), ValueList<Problem>> problems = [];
    private ValueList<Problem>? reported;
    private bool isDirty = true;

    public void Set((string Kind, NamespacedName Name) subject, ValueList<Problem> now)
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
