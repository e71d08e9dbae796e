namespace ControlPlane.Model.Configuration;

/// <summary>
/// A namespace and its labels, by which Gateways select it. It is in the cluster whose name <see cref="ConfigObject.Namespace"/> holds: the same name in
/// two clusters are two namespaces. Empty: it was declared in files.
/// </summary>
[GenerateSerializer, Immutable, Alias("cp.Namespace")]
public sealed record Namespace : ConfigObject
{
    /// <summary>The label that every namespace has: its name.</summary>
    public const string NameLabel = "kubernetes.io/metadata.name";

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "Namespace";

    /// <summary>In the order of their names, <see cref="NameLabel"/> among them.</summary>
    [Id(0)]
    public required ValueList<Label> Labels { get; init; }

    /// <summary>The labels of a namespace, from those that were written.</summary>
    public static ValueList<Label> LabelsOf(string name, IEnumerable<Label> written) =>
        written.Where(label => label.Name != NameLabel).Append(new Label(NameLabel, name))
            .OrderBy(label => label.Name, StringComparer.Ordinal).ToValueList();
}
