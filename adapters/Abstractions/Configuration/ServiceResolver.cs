using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Gives a declared service what it has from the clusters of its endpoints: its mesh, and where they are.</summary>
internal static class ServiceResolver
{
    /// <summary>The service, or null after a problem. A cluster that is not declared is a problem already said.</summary>
    public static ServicePart? Resolve(ServiceDeclaration service, IReadOnlyDictionary<string, Cluster> clusters, List<Problem> problems)
    {
        string? mesh = service.Mesh;
        int before = problems.Count;
        var endpoints = new List<Endpoint>(service.Endpoints.Count);
        foreach (EndpointDeclaration declaration in service.Endpoints)
        {
            if (!clusters.TryGetValue(declaration.Endpoint.Cluster, out Cluster? cluster))
            {
                return null;
            }
            mesh ??= cluster.Mesh;
            if (cluster.Mesh != mesh)
            {
                problems.Add(new Problem(declaration.Where, declaration.Field,
                    $"the cluster '{cluster.Name}' is in mesh '{cluster.Mesh}', the service in mesh '{mesh}': all endpoints of a service are in its mesh"));
            }
            endpoints.Add(declaration.Endpoint with { Locality = declaration.Endpoint.Locality.Within(cluster.Locality) });
        }
        return problems.Count > before ? null : new ServicePart
        {
            Service = new ServiceId(mesh ?? Cluster.DefaultMesh, service.Namespace, service.Name),
            Ports = service.Ports,
            Endpoints = endpoints.ToValueList(),
            ExternalName = service.ExternalName,
            Labels = service.Labels,
            Origin = service.Origin,
        };
    }
}
