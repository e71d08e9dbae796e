using System.Globalization;
using ControlPlane.Model;

namespace ControlPlane.Xds.Resources.Naming;

/// <summary>The host names under which a service is reached through the outbound listener.</summary>
public static class HostNames
{
    private const int DefaultPort = 80;

    /// <summary>The domains of a port's virtual host, for a caller in a namespace of a mesh. All of them are unique there.</summary>
    /// <param name="subset">A name of one endpoint, before that of the service; empty: all of the service.</param>
    /// <param name="isExported">Whether the service also has the names of the set of clusters that it is shared in.</param>
    /// <param name="ports">The service's HTTP ports: the only one, or port 80, needs no port in the name.</param>
    public static IEnumerable<string> Of(
        ServiceId service, string subset, bool isExported, int port, IReadOnlyCollection<int> ports, string callerMesh, string callerNamespace)
    {
        bool isDefault = port == DefaultPort || ports.Count == 1;
        string prefix = subset.Length == 0 ? "" : $"{subset}.";
        foreach (string host in Of(service, isExported, callerMesh, callerNamespace))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{prefix}{host}:{port}");
            if (isDefault)
            {
                yield return prefix + host;
            }
        }
    }

    private static IEnumerable<string> Of(ServiceId service, bool isExported, string callerMesh, string callerNamespace)
    {
        if (service.Mesh != callerMesh)
        {
            // The shorter names are those of the caller's own mesh.
            yield return $"{service.Name}.{service.Namespace}.{service.Mesh}.mesh";
            yield break;
        }
        if (service.Namespace == callerNamespace)
        {
            yield return service.Name;
        }
        yield return $"{service.Name}.{service.Namespace}";
        yield return $"{service.Name}.{service.Namespace}.svc";
        yield return $"{service.Name}.{service.Namespace}.svc.cluster.local";
        yield return $"{service.Name}.{service.Namespace}.{service.Mesh}.mesh";
        if (isExported)
        {
            yield return $"{service.Name}.{service.Namespace}.svc.clusterset.local";
        }
    }
}
