using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>locality: {region, zone, subZone}</c>.</summary>
internal static class LocalityDecoder
{
    public static Locality Decode(FieldReader reader)
    {
        var locality = new Locality(
            reader.Text("region", Part) ?? "",
            reader.Text("zone", Part) ?? "",
            reader.Text("subZone", Part) ?? "");
        if (locality.SubZone.Length > 0 && locality.Zone.Length == 0)
        {
            reader.Refuse("subZone", "a sub-zone is part of a zone: add the field zone");
        }
        reader.RefuseOthers();
        return locality;
    }

    // '/' joins the parts where a locality is written as one text.
    private static string? Part(string text) =>
        text.Length is > 0 and <= 63 && text.All(c => c is > ' ' and < (char)127 and not '/') ? null : "expected a name without blanks and '/', at most 63 characters";
}
