using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>Network</c>: addresses that reach each other, and the networks they reach beside.</summary>
internal static class NetworkDecoder
{
    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        ValueList<string> links = spec.Texts("links", Names.Label);
        for (int i = 0; i < links.Count; i++)
        {
            context.References.Add(new ObjectReference(
                new ObjectKey("Network", "", links[i]), context.Problems.Where(spec.LineOf("links")), $"{spec.PathOf("links")}[{i}]"));
        }
        spec.RefuseOthers();
        return new DecodedPart(new Network { Name = context.Metadata.Name, Origin = context.Origin, Links = links });
    }
}
