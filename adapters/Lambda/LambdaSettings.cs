using ControlPlane.Adapters.Aws;

namespace ControlPlane.Adapters.Lambda;

/// <summary>What a Lambda source is told.</summary>
public sealed record LambdaSettings
{
    public required AwsAccess Access { get; init; }

    /// <summary>Whether functions are called by their URLs, where they have one, rather than by their ARNs.</summary>
    public bool UsesUrls { get; init; }
}
