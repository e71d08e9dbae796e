using ControlPlane.Adapters.Aws;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudMap;

/// <summary>What a Cloud Map source is told.</summary>
public sealed record CloudMapSettings
{
    public required AwsAccess Access { get; init; }

    /// <summary>Names or ids; empty: all.</summary>
    public ValueList<string> Namespaces { get; init; }

    /// <summary>Whether to take what ECS registers, too: an ECS source knows more of it.</summary>
    public bool IncludesEcs { get; init; }
}
