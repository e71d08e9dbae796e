using ControlPlane.Model;

namespace ControlPlane.Xds.Resources.Naming;

/// <summary>The names under which proxies ask for secrets.</summary>
public static class SecretNames
{
    /// <summary>The proxy's own certificate and key.</summary>
    public const string Identity = "identity";

    /// <summary>The same of a gateway that has one in each of several meshes.</summary>
    public static string IdentityIn(string mesh) => $"{Identity}.{EnvoyNames.Label(mesh)}";

    /// <summary>Who callers of a mesh are verified with.</summary>
    public static string Authorities(string mesh) => $"authorities.{EnvoyNames.Label(mesh)}";

    /// <summary>Who a service is verified with, and who it may be.</summary>
    public static string Peers(ServiceId service) =>
        $"peers.{EnvoyNames.Label(service.Name)}.{EnvoyNames.Label(service.Namespace)}.{EnvoyNames.Label(service.Mesh)}.mesh";
}
