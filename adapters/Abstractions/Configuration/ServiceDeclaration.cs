using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary>A <c>Service</c> of a file, before the Cluster objects that it names have given it their mesh and localities.</summary>
public sealed class ServiceDeclaration
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Null: that of the endpoints' clusters.</summary>
    public string? Mesh { get; init; }

    public required ValueList<ServicePort> Ports { get; init; }

    public required ValueList<EndpointDeclaration> Endpoints { get; init; }

    /// <summary>Instead of endpoints; empty: none.</summary>
    public required string ExternalName { get; init; }

    public ValueList<Label> Labels { get; init; }

    public required string Origin { get; init; }
}

/// <param name="Endpoint">With the locality that was written, which may be unknown in part.</param>
/// <param name="Where">Where its cluster is named, as in a problem.</param>
/// <param name="Field">The field that names its cluster.</param>
public sealed record EndpointDeclaration(Endpoint Endpoint, string Where, string Field);
