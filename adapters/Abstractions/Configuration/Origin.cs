using System.Globalization;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Where something is written, for people.</summary>
/// <param name="Place">A file, or an object: <c>shop/cart.yaml</c>, <c>HTTPRoute shop/web (kubernetes/east)</c>.</param>
/// <param name="HasLines">Whether it is a text with lines.</param>
public sealed record Origin(string Place, bool HasLines)
{
    public string At(int line) => HasLines && line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Place}:{line}") : Place;
}
