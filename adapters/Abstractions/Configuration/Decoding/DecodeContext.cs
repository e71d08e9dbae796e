using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>What the decoder of a kind needs beside the spec, and where it notes the objects that are named.</summary>
/// <param name="Origin">Of the object.</param>
internal sealed record DecodeContext(Metadata Metadata, ProblemList Problems, DecodeOptions Options, string Origin)
{
    public List<ObjectReference> References { get; } = [];

    public void Refer(FieldReader reader, string field, string kind, string ns, string name) =>
        References.Add(new ObjectReference(new ObjectKey(kind, ns, name), Problems.Where(reader.LineOf(field)), reader.PathOf(field)));
}

/// <summary>What a kind decodes to; both null where the object is not ours.</summary>
internal readonly record struct DecodedPart(ConfigObject? Config, ServiceDeclaration? Service = null);
