using System.Runtime.InteropServices;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.State;

/// <summary>The one instance of equal labels, and of equal lists of them: the pods of a Deployment have the same. Used by one loop.</summary>
internal sealed class LabelPool
{
    private const int Spare = 1024;

    private readonly Dictionary<Label, Label> labels = [];
    private readonly Dictionary<ValueList<Label>, ValueList<Label>> lists = [];

    /// <param name="inUse">How many lists there are: many more in the pool are of pods that are gone, and it begins anew.</param>
    public ValueList<Label> Share(ValueList<Label> list, int inUse)
    {
        if (lists.TryGetValue(list, out ValueList<Label> shared))
        {
            return shared;
        }
        if (lists.Count > Spare + (2 * inUse))
        {
            lists.Clear();
            labels.Clear();
        }
        shared = list.Select(Share).ToValueList();
        lists.Add(shared, shared);
        return shared;
    }

    private Label Share(Label label)
    {
        ref Label? shared = ref CollectionsMarshal.GetValueRefOrAddDefault(labels, label, out _);
        return shared ??= label;
    }
}
