using ControlPlane.Adapters.Aws;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Ecs;

/// <summary>What an ECS source is told.</summary>
public sealed record EcsSettings
{
    public required AwsAccess Access { get; init; }

    /// <summary>Names or ARNs; empty: all of the region.</summary>
    public ValueList<string> Clusters { get; init; }

    /// <summary>Names of ECS services; empty: all, and tasks that belong to none.</summary>
    public ValueList<string> Services { get; init; }
}
