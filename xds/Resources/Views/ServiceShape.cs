using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>What of a service matters to clusters, listeners and routes. As long as it stays, changes of endpoints are changes of assignments alone.</summary>
/// <param name="Hostnames">Names of single endpoints under that of the service.</param>
/// <param name="SidecarClusters">The clusters in which endpoints have a sidecar: those that gateways lead to.</param>
/// <param name="ExternalName">The host name that it is, instead of endpoints.</param>
internal readonly record struct ServiceShape(
    ValueList<ServicePort> Ports, ValueList<Function> Functions, ValueList<string> Hostnames, ValueList<string> SidecarClusters, string ExternalName, bool IsExported)
{
    public static ServiceShape Of(ServiceRecord service)
    {
        bool hasFunctions = false;
        bool hasHostnames = false;
        string? sidecarCluster = null;
        bool hasSidecarsElsewhere = false;
        // Nearly always there are none, and services have many endpoints.
        foreach (Endpoint endpoint in service.Endpoints)
        {
            hasFunctions |= endpoint.IsFunction;
            hasHostnames |= endpoint.Hostname.Length > 0;
            if (endpoint.Speaks == Speaks.Mtls)
            {
                hasSidecarsElsewhere |= sidecarCluster is not null && sidecarCluster != endpoint.Cluster;
                sidecarCluster ??= endpoint.Cluster;
            }
        }
        return new ServiceShape(
            service.Ports,
            hasFunctions ? FunctionsOf(service) : [],
            hasHostnames ? HostnamesOf(service) : [],
            hasSidecarsElsewhere ? SidecarClustersOf(service) : sidecarCluster is null ? [] : [sidecarCluster],
            service.ExternalName,
            service.IsExported);
    }

    private static ValueList<Function> FunctionsOf(ServiceRecord service) => service.Endpoints.Where(endpoint => endpoint.IsFunction)
        .Select(endpoint => new Function(endpoint.Address, endpoint.Speaks, endpoint.Api, endpoint.Locality.Region, endpoint.Ports))
        .OrderBy(function => function.Address, StringComparer.Ordinal).ToValueList();

    private static ValueList<string> SidecarClustersOf(ServiceRecord service) => service.Endpoints.Where(endpoint => endpoint.Speaks == Speaks.Mtls)
        .Select(endpoint => endpoint.Cluster).Distinct().Order(StringComparer.Ordinal).ToValueList();

    private static ValueList<string> HostnamesOf(ServiceRecord service) => service.Endpoints.Select(endpoint => endpoint.Hostname)
        .Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal).ToValueList();
}

/// <summary>An endpoint that is a function, without what changes all the time.</summary>
/// <param name="Address">Its ARN or URL.</param>
/// <param name="Api">Where it is invoked, if that is not its address.</param>
/// <param name="Region">For which requests are signed.</param>
/// <param name="Ports">As of the endpoint: 0 where it does not serve a port of the service.</param>
internal sealed record Function(string Address, Speaks Speaks, string Api, string Region, ValueList<int> Ports);
