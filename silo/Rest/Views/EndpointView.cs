using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>One address of a service.</summary>
/// <param name="Service"><c>mesh/namespace/name</c>.</param>
/// <param name="Address">Of a function its ARN or URL.</param>
/// <param name="Api">Where a function is invoked, if that is not its address.</param>
/// <param name="Hostname">Its own name under that of its service.</param>
/// <param name="Local">Whether only callers of its own cluster may call it.</param>
/// <param name="Ports">For each port of the service that it serves, its own port.</param>
/// <param name="Declared">Whether it counts in the size of its service.</param>
/// <param name="LearntFrom">The other region of the control plane that says it.</param>
public sealed record EndpointView(
    string Service, string Address, IReadOnlyDictionary<int, int> Ports, Health Health, bool Declared, int Weight, string Cluster, LocalityView Locality,
    Speaks Speaks, string? Api, string? Hostname, bool Local, string? Workload, string? Identity, string? LearntFrom)
{
    public static IEnumerable<EndpointView> Of(ServiceRecord record) => record.Endpoints.Select(endpoint => new EndpointView(
        record.Service.ToString(), endpoint.Address,
        record.Ports.Zip(endpoint.Ports).Where(pair => pair.Second != 0).ToDictionary(pair => pair.First.Port, pair => pair.Second), endpoint.Health,
        endpoint.Declared, endpoint.Weight, endpoint.Cluster, LocalityView.Of(endpoint.Locality), endpoint.Speaks, endpoint.Api.Length == 0 ? null : endpoint.Api,
        endpoint.Hostname.Length == 0 ? null : endpoint.Hostname, endpoint.IsLocal,
        endpoint.Workload.Length == 0 ? null : endpoint.Workload, endpoint.Identity.Length == 0 ? null : endpoint.Identity,
        endpoint.Region.Length == 0 ? null : endpoint.Region));
}
