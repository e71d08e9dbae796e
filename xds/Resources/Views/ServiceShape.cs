using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>What of a service matters to clusters, listeners and routes. As long as it stays, changes of endpoints are changes of assignments alone.</summary>
internal readonly record struct ServiceShape(ValueList<ServicePort> Ports, ValueList<Function> Functions)
{
    public static ServiceShape Of(ServiceRecord service) => new(service.Ports, FunctionsOf(service));

    // Nearly always there are none, and services have many endpoints.
    private static ValueList<Function> FunctionsOf(ServiceRecord service)
    {
        foreach (Endpoint endpoint in service.Endpoints)
        {
            if (endpoint.IsFunction)
            {
                return service.Endpoints.Where(endpoint => endpoint.IsFunction)
                    .Select(endpoint => new Function(endpoint.Address, endpoint.Speaks, endpoint.Api, endpoint.Locality.Region, endpoint.Ports))
                    .OrderBy(function => function.Address, StringComparer.Ordinal).ToValueList();
            }
        }
        return [];
    }
}

/// <summary>An endpoint that is a function, without what changes all the time.</summary>
/// <param name="Address">Its ARN or URL.</param>
/// <param name="Api">Where it is invoked, if that is not its address.</param>
/// <param name="Region">For which requests are signed.</param>
/// <param name="Ports">As of the endpoint: 0 where it does not serve a port of the service.</param>
internal sealed record Function(string Address, Speaks Speaks, string Api, string Region, ValueList<int> Ports);
