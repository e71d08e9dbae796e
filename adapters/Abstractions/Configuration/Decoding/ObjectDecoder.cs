using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary>
/// Decodes Kubernetes-style objects (<c>apiVersion</c>, <c>kind</c>, <c>metadata</c>, <c>spec</c>) from files and from Kubernetes, strictly: what is unknown
/// or not supported yet is refused in words, never left out in silence.
/// </summary>
public static class ObjectDecoder
{
    /// <summary>Decodes one object. Its problems are all there is wrong with it by itself.</summary>
    public static DecodedObject Decode(ConfigNode document, Origin origin, DecodeOptions options)
    {
        var problems = new ProblemList(origin);
        if (document is not MappingNode mapping)
        {
            problems.Add(document.Line, "", $"expected an object with apiVersion, kind, metadata and spec; found {document.Describe()}");
            return Refused(default, document.Line, problems);
        }
        var root = new FieldReader(mapping, mapping.Line, "", problems);
        string kindName = root.RequiredText("kind");
        string apiVersion = root.RequiredText("apiVersion");
        if (kindName.Length == 0 || apiVersion.Length == 0)
        {
            return Refused(default, mapping.Line, problems);
        }
        if (ObjectKind.Find(apiVersion, kindName, root) is not { } kind)
        {
            return Refused(default, mapping.Line, problems);
        }
        Metadata metadata = Metadata.Read(root.Mapping("metadata", required: true), kind);
        var key = new ObjectKey(kind.Name, metadata.Namespace, metadata.Name);
        problems.Subject = metadata.Name.Length > 0 ? key.ToString() : "";
        root.Accept("status");
        var context = new DecodeContext(metadata, problems, options, problems.Origin.At(mapping.Line));
        DecodedPart part = kind.Decode(root.Mapping("spec", required: kind.NeedsSpec), context);
        root.RefuseOthers();
        return new DecodedObject
        {
            Key = key,
            Where = problems.Where(mapping.Line),
            Config = problems.Count == 0 ? part.Config : null,
            Service = problems.Count == 0 ? part.Service : null,
            References = context.References.ToValueList(),
            Problems = problems.ToValueList(),
        };
    }

    private static DecodedObject Refused(ObjectKey key, int line, ProblemList problems) =>
        new() { Key = key, Where = problems.Where(line), Problems = problems.ToValueList() };
}
