using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>CostMatrix</c>: what calls between places cost.</summary>
internal static class CostMatrixDecoder
{
    private const double MaximumRoundTrip = 60_000;
    private const double MaximumPrice = 1_000;

    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        var pairs = new List<PairCost>();
        foreach (FieldReader reader in spec.Mappings("pairs", required: true))
        {
            var pair = new PairCost(
                reader.RequiredText("from", Place),
                reader.RequiredText("to", Place),
                reader.Real("roundTripMs", 0, MaximumRoundTrip),
                reader.Real("pricePerGb", 0, MaximumPrice));
            if (!reader.Has("roundTripMs") && !reader.Has("pricePerGb"))
            {
                reader.Refuse("", "expected roundTripMs (milliseconds), pricePerGb (US dollars), or both");
            }
            if (pair.From.Length > 0 && pair.To.Length > 0 && pairs.Any(other => other.From == pair.From && other.To == pair.To))
            {
                reader.Refuse("to", $"from '{pair.From}' to '{pair.To}' is there twice: remove one");
            }
            reader.RefuseOthers();
            pairs.Add(pair);
        }
        spec.RefuseOthers();
        return new DecodedPart(new CostMatrix { Name = context.Metadata.Name, Origin = context.Origin, Pairs = pairs.ToValueList() });
    }

    private static string? Place(string text) =>
        text != "*" && text.Split('/') is [{ Length: > 0 }] or [{ Length: > 0 }, { Length: > 0 }] ? null : "expected REGION or REGION/ZONE";
}
