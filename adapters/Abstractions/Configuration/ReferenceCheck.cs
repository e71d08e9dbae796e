using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Finds references to objects that are not there.</summary>
internal sealed class ReferenceCheck(IReadOnlyDictionary<ObjectKey, DecodedObject> declared)
{
    private readonly bool anyNetwork = declared.Keys.Any(key => key.Kind == "Network");
    private readonly bool anyMesh = declared.Keys.Any(key => key.Kind == "Mesh");
    private readonly HashSet<string> meshesOfClusters = [.. declared.Values.Select(item => item.Config).OfType<Cluster>().Select(cluster => cluster.Mesh)];

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
    // A mesh is there with its first cluster, and needs an object only for its certificates.
    private bool IsImplied(ObjectKey target, string from) => target.Kind switch
    {
        "Network" => target.Name == Cluster.DefaultNetwork || (from is "Cluster" or "RegionGateway" && !anyNetwork),
        "Mesh" => target.Name == Cluster.DefaultMesh || !anyMesh || meshesOfClusters.Contains(target.Name),
        _ => false,
    };
}
