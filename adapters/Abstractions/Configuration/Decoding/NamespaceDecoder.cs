using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>Namespace</c> of Kubernetes, in a file: its labels are what matters.</summary>
internal static class NamespaceDecoder
{
    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        spec.Accept("finalizers");
        spec.RefuseOthers();
        if (context.Metadata.Labels.FirstOrDefault(label => label.Name == Namespace.NameLabel) is { } own && own.Value != context.Metadata.Name)
        {
            context.Problems.Add(
                spec.Line, $"metadata.labels.{Namespace.NameLabel}", $"expected the namespace's name, '{context.Metadata.Name}'; found '{own.Value}'");
        }
        return new DecodedPart(new Namespace
        {
            Name = context.Metadata.Name,
            Origin = context.Origin,
            Labels = Namespace.LabelsOf(context.Metadata.Name, context.Metadata.Labels),
        });
    }
}
