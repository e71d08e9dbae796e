using ControlPlane.Adapters.Sources;

namespace ControlPlane.Adapters.Configuration;

/// <summary>What objects get that depends on where they come from.</summary>
public sealed record DecodeOptions
{
    /// <summary>The kinds of registries that Source objects may name.</summary>
    public SourceTypes Sources { get; init; } = SourceTypes.None;

    /// <summary>The Cluster object that Gateways are in; null: their annotation <c>controlplane/cluster</c> names it.</summary>
    public string? Cluster { get; init; }

    /// <summary>The mesh of policies that name none; null: such a policy is for every mesh.</summary>
    public string? Mesh { get; init; }

    /// <summary>
    /// Whether a route may send to a service in another namespace. Files have one author; in Kubernetes the other namespace has to agree, by a
    /// ReferenceGrant, and those are not supported yet.
    /// </summary>
    public bool CrossNamespaceBackends { get; init; } = true;
}
