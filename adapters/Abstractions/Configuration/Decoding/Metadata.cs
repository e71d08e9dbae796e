using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary>An object's <c>metadata</c>: the fields that mean something here; the standard others are accepted.</summary>
internal sealed record Metadata(string Namespace, string Name, ValueList<Label> Labels, ValueList<Label> Annotations)
{
    public const string DefaultNamespace = "default";

    public static Metadata Read(FieldReader reader, ObjectKind kind)
    {
        string name = reader.RequiredText("name", kind.NameCheck);
        string? ns = reader.Text("namespace", Names.Label);
        if (kind.Scope == Scope.None && ns is not null)
        {
            reader.Refuse("namespace", $"a {kind.Name} has no namespace: remove the field");
        }
        reader.Accept(
            "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "finalizers",
            "ownerReferences", "managedFields", "selfLink", "generateName");
        var metadata = new Metadata(
            kind.Scope == Scope.Namespace ? ns ?? DefaultNamespace : kind.Scope == Scope.OptionalNamespace ? ns ?? "" : "",
            name,
            TextMap(reader.Mapping("labels")),
            TextMap(reader.Mapping("annotations")));
        reader.RefuseOthers();
        return metadata;
    }

    public string? Annotation(string name) => Annotations.FirstOrDefault(annotation => annotation.Name == name)?.Value;

    private static ValueList<Label> TextMap(FieldReader reader) =>
        reader.Names.Select(name => new Label(name, reader.Text(name) ?? "")).ToValueList();
}
