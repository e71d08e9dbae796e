using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Identity;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>Who a proxy has proved to be, and whether it gets the key of that.</summary>
/// <param name="SpiffeId">Null: nobody.</param>
/// <param name="HasKey">Whether there is a certificate and key of it.</param>
/// <param name="Problem">Why it has no key; null: it has, or needs none.</param>
/// <param name="IsTooEarly">Whether what it shows cannot be compared yet.</param>
internal sealed record ProxyIdentity(string? SpiffeId, bool HasKey, string? Problem, bool IsTooEarly)
{
    private static readonly ProxyIdentity None = new(null, HasKey: false, null, IsTooEarly: false);

    /// <param name="mesh">Null: nobody has declared it, and it has no certificates.</param>
    /// <param name="needsKey">Whether the proxy speaks mutual TLS itself.</param>
    public static ProxyIdentity Of(Mesh? mesh, StreamCredentials credentials, bool needsKey, IMeshIdentities identities)
    {
        if (mesh is not { HasCertificates: true })
        {
            return None;
        }
        Authentication who = identities.Authenticate(mesh.Name, credentials);
        if (!needsKey || who.SpiffeId is not { } id)
        {
            return new ProxyIdentity(who.SpiffeId, HasKey: false, needsKey ? who.Reason : null, needsKey && who.IsTooEarly);
        }
        bool hasKey = identities.CertificateOf(mesh.Name, id) is not null;
        return new ProxyIdentity(id, hasKey, hasKey ? null : $"there is no certificate with a key of {id} in mesh {mesh.Name}", IsTooEarly: false);
    }

    /// <summary>Whether this is more than before, or somebody else. Who has a key keeps it until the stream ends.</summary>
    public bool IsMoreThan(ProxyIdentity before) => SpiffeId is not null && (SpiffeId != before.SpiffeId || (HasKey && !before.HasKey));
}
