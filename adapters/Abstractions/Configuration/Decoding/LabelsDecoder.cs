using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>labels: {version: v1}</c> of a workload.</summary>
internal static class LabelsDecoder
{
    /// <summary>In the order of their names.</summary>
    public static ValueList<Label> Decode(FieldReader reader)
    {
        var labels = new List<Label>();
        foreach (string name in reader.Names)
        {
            if (Names.LabelName(name) is { } wrong)
            {
                reader.Refuse(name, wrong);
            }
            labels.Add(new Label(name, reader.Text(name, Names.LabelValue) ?? ""));
        }
        return labels.ToValueList();
    }
}
