using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Finds references to objects that are not there.</summary>
internal sealed class ReferenceCheck(IReadOnlyDictionary<ObjectKey, DecodedObject> declared)
{
    private readonly bool anyNetwork = declared.Keys.Any(key => key.Kind == "Network");

    public IEnumerable<Problem> Check(DecodedObject item)
    {
        foreach (ObjectReference reference in item.References)
        {
            if (!declared.ContainsKey(reference.Target) && !IsImplied(reference.Target, item.Key.Kind))
            {
                IEnumerable<string> names = declared.Keys
                    .Where(key => key.Kind == reference.Target.Kind && key.Namespace == reference.Target.Namespace).Select(key => key.Name);
                yield return new Problem(reference.Where, reference.Field,
                    $"there is no {reference.Target}: declare it or correct the name{Suggestion.For(reference.Target.Name, names)}");
            }
        }
    }

    // Who declares no network at all need not declare those that clusters name either; the default network is always there.
    private bool IsImplied(ObjectKey target, string from) =>
        target.Kind == "Network" && (target.Name == Cluster.DefaultNetwork || (from == "Cluster" && !anyNetwork));
}
