using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>Export</c>: lets callers of other meshes call services of a namespace.</summary>
internal static class ExportDecoder
{
    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        string? mesh = spec.Text("mesh", Names.Label);
        if (mesh is not null && context.Options.Mesh is { } own && mesh != own)
        {
            spec.Refuse("mesh", $"the export is in a cluster of the mesh '{own}' and cannot be of another: expected '{own}', found '{mesh}'");
        }
        if (mesh is not null)
        {
            context.Refer(spec, "mesh", "Mesh", "", mesh);
        }
        var export = new Export
        {
            Namespace = context.Metadata.Namespace,
            Name = context.Metadata.Name,
            Origin = context.Origin,
            // What is not said here is said by the other objects: see MeshOfExports.
            Mesh = mesh ?? context.Options.Mesh ?? "",
            Service = spec.RequiredText("service", text => text == Export.All ? null : Names.Label(text) is { } wrong ? $"{wrong}; or '*' for all of the namespace" : null),
            ToMeshes = ToMeshes(spec, mesh ?? context.Options.Mesh, context),
        };
        spec.RefuseOthers();
        return new DecodedPart(export);
    }

    private static ValueList<string> ToMeshes(FieldReader spec, string? own, DecodeContext context)
    {
        ValueList<string> meshes = spec.Texts("toMeshes", text => text == Export.All ? null : Names.Label(text) is { } wrong ? $"{wrong}; or '*' for all" : null);
        if (!spec.Has("toMeshes") || meshes.IsEmpty)
        {
            spec.Refuse("toMeshes", "missing: a list of meshes was expected, or ['*'] for all");
        }
        if (meshes.Count > 1 && meshes.Contains(Export.All))
        {
            spec.Refuse("toMeshes", "'*' are all meshes: remove the others");
        }
        if (meshes.Distinct().Count() < meshes.Count)
        {
            spec.Refuse("toMeshes", "a mesh is there twice: remove one");
        }
        for (int i = 0; i < meshes.Count; i++)
        {
            if (meshes[i] == own)
            {
                spec.Refuse("toMeshes", $"'{own}' is the mesh of the services themselves, which is not exported to: remove it");
            }
            else if (meshes[i] is { Length: > 0 } name and not Export.All)
            {
                context.References.Add(new ObjectReference(
                    new ObjectKey("Mesh", "", name), context.Problems.Where(spec.LineOf("toMeshes")), $"{spec.PathOf("toMeshes")}[{i}]"));
            }
        }
        return meshes;
    }
}
