using ControlPlane.Routing;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>A call that takes a longer way than it would have to.</summary>
/// <param name="From">The caller's place: <c>cluster@region/zone</c>.</param>
/// <param name="To">The service and port: <c>mesh/namespace/name:port</c>.</param>
/// <param name="Path">Where it leads, the caller first.</param>
/// <param name="Alternative">The cheaper way.</param>
/// <param name="Obstacle">What stands in its way.</param>
/// <param name="ExtraMs">Milliseconds a round trip.</param>
/// <param name="ExtraPricePerGb">US dollars.</param>
/// <param name="Load">Percentage of the caller's requests to the service that take it.</param>
/// <param name="IsTaken">Whether any do.</param>
/// <param name="RequestsPerSecond">Of real traffic; null: not known.</param>
public sealed record HairpinView(
    HairpinCause Cause, string From, string Service, string To, IReadOnlyList<string> Gateways, IReadOnlyList<string> Path, IReadOnlyList<string> Alternative, string Obstacle,
    double ExtraMs, double ExtraPricePerGb, double Load, bool IsTaken, double? RequestsPerSecond)
{
    public static HairpinView Of(Hairpin hairpin) => new(
        hairpin.Cause, CallerPlaces.NameOf(hairpin.Caller), hairpin.Service.ToString(), $"{hairpin.Service}:{hairpin.Port}",
        [.. hairpin.Path.Select(step => step.Gateway).OfType<string>()], [.. hairpin.Path.Select(step => step.ToString())], [.. hairpin.Alternative.Select(step => step.ToString())],
        hairpin.Obstacle, Math.Round(hairpin.Extra.RoundTrip, 3), Math.Round(hairpin.Extra.Price, 6), Math.Round(hairpin.Load, 2), hairpin.IsTaken, null);
}
