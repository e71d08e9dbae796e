using ControlPlane.Adapters.Aws;

namespace ControlPlane.Adapters.Ec2;

/// <summary>What an EC2 source is told.</summary>
public sealed record Ec2Settings
{
    public required AwsAccess Access { get; init; }

    /// <summary>Filters as <c>DescribeInstances</c> has them: <c>vpc-id</c>, <c>tag:env</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Filters { get; init; } = [];
}
