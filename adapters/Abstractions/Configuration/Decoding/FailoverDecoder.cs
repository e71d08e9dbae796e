using System.Globalization;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>failover</c> and <c>distribute</c> of a <c>TrafficPolicy</c>: places, in order or by share.</summary>
internal static class FailoverDecoder
{
    public static readonly IReadOnlyDictionary<string, FailoverThen> Thens = new Dictionary<string, FailoverThen>(StringComparer.OrdinalIgnoreCase)
    {
        ["nearest"] = FailoverThen.Nearest, ["none"] = FailoverThen.None,
    };

    public static ValueList<FailoverTier> Tiers(FieldReader spec)
    {
        var tiers = new List<FailoverTier>();
        foreach (FieldReader reader in spec.MappingsOrTexts("failover", text => text.Contains('/', StringComparison.Ordinal) ? "zones" : "regions"))
        {
            var tier = new FailoverTier(reader.Texts("regions", Names.NotEmpty), reader.Texts("zones", Zone), reader.Texts("clusters", Names.Label));
            reader.RefuseOthers();
            if (tier is { Regions.IsEmpty: true, Zones.IsEmpty: true, Clusters.IsEmpty: true })
            {
                reader.Refuse("", "expected regions, zones (REGION/ZONE) or clusters, each a list: what is listed together shares a tier");
            }
            tiers.Add(tier);
        }
        return tiers.ToValueList();
    }

    public static ValueList<Distribution> Distributions(FieldReader spec)
    {
        var distributions = new List<Distribution>();
        foreach (FieldReader reader in spec.Mappings("distribute"))
        {
            string from = reader.RequiredText("from", Place);
            if (distributions.Any(other => other.From == from))
            {
                reader.Refuse("from", $"'{from}' is there twice: remove one");
            }
            FieldReader to = reader.Mapping("to", required: true);
            ValueList<DistributionShare> shares = to.Names.Select(place => new DistributionShare(place, to.RequiredNumber(place, 1, 100))).ToValueList();
            foreach (DistributionShare share in shares)
            {
                if (share.Place == "*" || Place(share.Place) is not null)
                {
                    to.Refuse(share.Place, "expected REGION or REGION/ZONE");
                }
            }
            if (!shares.IsEmpty && shares.Sum(share => share.Percent) is var sum && sum != 100)
            {
                reader.Refuse("to", string.Create(CultureInfo.InvariantCulture, $"expected percentages that are 100 together, found {sum}"));
            }
            reader.RefuseOthers();
            distributions.Add(new Distribution(from, shares));
        }
        return distributions.ToValueList();
    }

    private static string? Place(string text) => text == "*" || (text.Length > 0 && !text.Contains('/', StringComparison.Ordinal)) || Zone(text) is null ? null : "expected REGION, REGION/ZONE or '*'";

    private static string? Zone(string text) => text.Split('/') is [{ Length: > 0 }, { Length: > 0 }] ? null : "expected REGION/ZONE";
}
