using System.Globalization;
using ControlPlane.Model;

namespace ControlPlane.Xds.Resources.Naming;

/// <summary>The host names under which a service is reached through the outbound listener.</summary>
public static class HostNames
{
    private const int DefaultPort = 80;

    /// <summary>The domains of a port's virtual host, for a caller in a namespace. All of them are unique in a mesh.</summary>
    /// <param name="ports">The service's HTTP ports: the only one, or port 80, needs no port in the name.</param>
    public static IEnumerable<string> Of(ServiceId service, int port, IReadOnlyCollection<int> ports, string callerNamespace)
    {
        bool isDefault = port == DefaultPort || ports.Count == 1;
        foreach (string host in Of(service, callerNamespace))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
            if (isDefault)
            {
                yield return host;
            }
        }
    }

    private static IEnumerable<string> Of(ServiceId service, string callerNamespace)
    {
        if (service.Namespace == callerNamespace)
        {
            yield return service.Name;
        }
        yield return $"{service.Name}.{service.Namespace}";
        yield return $"{service.Name}.{service.Namespace}.svc";
        yield return $"{service.Name}.{service.Namespace}.svc.cluster.local";
        yield return $"{service.Name}.{service.Namespace}.{service.Mesh}.mesh";
    }
}
