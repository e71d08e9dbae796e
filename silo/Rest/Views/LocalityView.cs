using ControlPlane.Model;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>Region, zone and sub-zone; those that are not known are left out.</summary>
public sealed record LocalityView(string? Region, string? Zone, string? SubZone)
{
    public static LocalityView Of(Locality locality) => new(Known(locality.Region), Known(locality.Zone), Known(locality.SubZone));

    public override string ToString() => string.Join('/', new[] { Region, Zone, SubZone }.Where(part => part is not null));

    private static string? Known(string part) => part.Length == 0 ? null : part;
}
