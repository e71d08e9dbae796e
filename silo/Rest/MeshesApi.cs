using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Silo.Identity;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/meshes</c>.</summary>
internal static class MeshesApi
{
    private static readonly ListEndpoint<MeshView> List = new(mesh => mesh.Name);

    public static void MapMeshes(this IEndpointRouteBuilder api)
    {
        List.Describe(api.MapGet("/meshes", (HttpRequest request, ServiceCatalog catalog, FileIdentities identities) =>
            List.Answer(request, catalog.Current.Objects<Mesh>().Select(mesh => MeshView.Of(mesh, identities.Find(mesh.Name))))))
            .WithSummary("The meshes that are declared, who can prove to be in them, and what is wrong with their certificates");
        api.MapGet("/meshes/{name}", (string name, ServiceCatalog catalog, FileIdentities identities) =>
            catalog.Current.Objects<Mesh>().FirstOrDefault(mesh => mesh.Name == name) is { } mesh
                ? new EntityResult<MeshView>(MeshView.Of(mesh, identities.Find(name)))
                : RestApi.NotFound($"a mesh '{name}'"))
            .WithSummary("One mesh").Produces<MeshView>().ProducesProblem(StatusCodes.Status404NotFound);
    }
}
