using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>subsets</c> of a <c>TrafficPolicy</c>: parts of a service by the labels of its workloads.</summary>
internal static class SubsetDecoder
{
    public static ValueList<Subset> Decode(FieldReader spec)
    {
        var subsets = new List<Subset>();
        foreach (FieldReader reader in spec.Mappings("subsets"))
        {
            string name = reader.RequiredText("name", Names.Label);
            if (name.Length > 0 && subsets.Any(other => other.Name == name))
            {
                reader.Refuse("name", $"'{name}' is there twice: rename one");
            }
            ValueList<Label> labels = LabelsDecoder.Decode(reader.Mapping("labels", required: true));
            if (labels.IsEmpty && reader.Has("labels"))
            {
                reader.Refuse("labels", "expected at least one label: without any it is the whole service");
            }
            if (!labels.IsEmpty && subsets.FirstOrDefault(other => other.Labels == labels) is { } same)
            {
                reader.Refuse("labels", $"these are the labels of '{same.Name}', too: remove one of them");
            }
            reader.RefuseOthers();
            subsets.Add(new Subset(name, labels));
        }
        return subsets.ToValueList();
    }
}
