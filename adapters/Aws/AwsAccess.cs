namespace ControlPlane.Adapters.Aws;

/// <summary>How a source gets at its account: one region, with the credentials of one identity.</summary>
public sealed record AwsAccess
{
    /// <summary><c>eu-west-1</c>.</summary>
    public required string Region { get; init; }

    /// <summary>
    /// A profile of the shared configuration files. Null: the SDK's usual search through environment, web identity, profile, container and instance.
    /// </summary>
    public string? Profile { get; init; }

    /// <summary>A role that those credentials take on.</summary>
    public string? AssumeRoleArn { get; init; }

    /// <summary>What the role's owner asks of those who take it on.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The name under which CloudTrail shows what was done in the role.</summary>
    public string RoleSessionName { get; init; } = "controlplane";

    /// <summary>Where all services are instead of at AWS: <c>http://127.0.0.1:5000</c>.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Where single services are, by name (<c>ecs</c>, <c>ec2</c>, <c>lambda</c>, <c>servicediscovery</c>, <c>sts</c>): private endpoints of a VPC.</summary>
    public IReadOnlyDictionary<string, Uri> Endpoints { get; init; } = new Dictionary<string, Uri>();

    /// <summary>Requests a second that all sources of this identity and region send together. Of several wishes the lowest holds.</summary>
    public double RequestsPerSecond { get; init; } = 10;

    /// <summary>Requests that may be sent at once after a pause.</summary>
    public int Burst { get; init; } = 20;

    /// <summary>For one try: from connecting to the end of the answer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
