using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>A label selector, as <c>allowedRoutes.namespaces.selector</c> has it.</summary>
internal static class NamespaceSelectorDecoder
{
    private static readonly Dictionary<string, LabelOperator> Operators = Enum.GetValues<LabelOperator>().ToDictionary(item => item.ToString());

    /// <param name="cluster">The cluster whose namespaces it selects; empty: those of files.</param>
    public static NamespaceSelector Decode(FieldReader reader, string cluster)
    {
        FieldReader labels = reader.Mapping("matchLabels");
        var requirements = labels.Names.Select(name => Equality(labels, name)).ToList();
        requirements.AddRange(reader.Mappings("matchExpressions").Select(Expression));
        reader.RefuseOthers();
        return new NamespaceSelector(cluster, requirements.ToValueList());
    }

    private static LabelRequirement Equality(FieldReader labels, string name)
    {
        if (Names.LabelName(name) is { } wrong)
        {
            labels.Refuse(name, wrong);
        }
        return new LabelRequirement(name, LabelOperator.In, [labels.Text(name, Names.LabelValue) ?? ""]);
    }

    private static LabelRequirement Expression(FieldReader reader)
    {
        string label = reader.RequiredText("key", Names.LabelName);
        if (!reader.Has("operator"))
        {
            reader.Refuse("operator", $"missing: one of {string.Join(", ", Operators.Keys)} was expected");
        }
        LabelOperator? how = reader.Choice("operator", Operators);
        ValueList<string> values = reader.Texts("values", Names.LabelValue);
        if (how is LabelOperator.In or LabelOperator.NotIn && values.IsEmpty)
        {
            reader.Refuse("values", $"missing: {how} needs at least one value");
        }
        if (how is LabelOperator.Exists or LabelOperator.DoesNotExist && !values.IsEmpty)
        {
            reader.Refuse("values", $"{how} has no values: remove the field");
        }
        reader.RefuseOthers();
        return new LabelRequirement(label, how ?? LabelOperator.In, values);
    }
}
