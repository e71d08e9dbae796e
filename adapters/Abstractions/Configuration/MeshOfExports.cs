using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Gives exports that name no mesh the one there is.</summary>
internal sealed class MeshOfExports
{
    private readonly string[] meshes;

    public MeshOfExports(IEnumerable<ConfigObject> objects) => meshes =
    [
        .. objects.Select(item => item switch { Cluster cluster => cluster.Mesh, Mesh mesh => mesh.Name, _ => "" })
            .Where(name => name.Length > 0).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>The object, with its mesh if it is an export.</summary>
    public ConfigObject Complete(DecodedObject item, ConfigObject config, List<Problem> problems)
    {
        if (config is not Export { Mesh.Length: 0 } export)
        {
            return config;
        }
        if (meshes.Length > 1)
        {
            problems.Add(new Problem(item.Where, "spec.mesh", $"missing: the mesh of the services was expected, there are {string.Join(", ", meshes)}"));
            return config;
        }
        string mesh = meshes is [var only] ? only : Cluster.DefaultMesh;
        if (export.ToMeshes.Contains(mesh))
        {
            problems.Add(new Problem(item.Where, "spec.toMeshes", $"'{mesh}' is the mesh of the services themselves, which is not exported to: remove it"));
        }
        return export with { Mesh = mesh };
    }
}
