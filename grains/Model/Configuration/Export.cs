namespace ControlPlane.Model.Configuration;

/// <summary>Lets callers of other meshes call services of a namespace, through the internal API gateways of its mesh.</summary>
[GenerateSerializer, Immutable, Alias("cp.Export")]
public sealed record Export : ConfigObject
{
    /// <summary>All services of the namespace, or all meshes.</summary>
    public const string All = "*";

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "Export";

    /// <summary>The mesh of the services.</summary>
    [Id(0)]
    public required string Mesh { get; init; }

    /// <summary>The service's name, or <see cref="All"/>.</summary>
    [Id(1)]
    public required string Service { get; init; }

    /// <summary>The meshes whose workloads may call it, or <see cref="All"/>.</summary>
    [Id(2)]
    public ValueList<string> ToMeshes { get; init; }

    /// <summary>Whether it exports a service to a mesh.</summary>
    public bool Covers(ServiceId service, string mesh) =>
        service.Mesh == Mesh && service.Namespace == Namespace && (Service == All || Service == service.Name)
        && (ToMeshes.Contains(mesh) || ToMeshes.Contains(All));
}
