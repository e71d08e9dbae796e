namespace ControlPlane.Routing;

/// <summary>How a view reaches the endpoints of a cluster in a locality: directly, through gateways, or not, and why not.</summary>
/// <param name="Path">Through which gateways; null: none.</param>
/// <param name="WhyNot">Why it does not; null: it does.</param>
/// <param name="StandsFor">Whether a gateway calls them for others first, before what others of its kind are nearer to.</param>
public sealed record Way(GatewayPath? Path, string? WhyNot, bool StandsFor = false)
{
    public static Way Direct { get; } = new(null, null);

    public static Way Unreachable(string why) => new(null, why);

    public bool IsDirect => Path is null && WhyNot is null;
}
