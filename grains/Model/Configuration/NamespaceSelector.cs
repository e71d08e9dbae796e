namespace ControlPlane.Model.Configuration;

/// <summary>
/// Selects namespaces by their labels: those that meet all requirements; without any, all.
/// See https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
/// </summary>
/// <param name="Cluster">The cluster whose namespaces are meant; empty: those declared in files.</param>
[GenerateSerializer, Immutable, Alias("cp.NamespaceSelector")]
public sealed record NamespaceSelector(
    [property: Id(0)] string Cluster,
    [property: Id(1)] ValueList<LabelRequirement> Requirements)
{
    public bool Selects(Namespace ns)
    {
        if (ns.Namespace != Cluster)
        {
            return false;
        }
        foreach (LabelRequirement requirement in Requirements)
        {
            if (!requirement.IsMetBy(ns.Labels))
            {
                return false;
            }
        }
        return true;
    }
}
