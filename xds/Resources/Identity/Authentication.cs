namespace ControlPlane.Xds.Resources.Identity;

/// <summary>Who a stream's client is, or why that is not known.</summary>
/// <param name="SpiffeId">Null: it is not known.</param>
/// <param name="Reason">In words; empty: it is known.</param>
/// <param name="IsTooEarly">Whether nobody can be told apart yet: what the mesh's certificates are is not known.</param>
public sealed record Authentication(string? SpiffeId, string Reason, bool IsTooEarly)
{
    public static Authentication Of(string spiffeId) => new(spiffeId, "", IsTooEarly: false);

    public static Authentication Failed(string reason) => new(null, reason, IsTooEarly: false);

    /// <summary>Its credentials may be right: they cannot be compared yet.</summary>
    public static Authentication TooEarly(string reason) => new(null, reason, IsTooEarly: true);
}
