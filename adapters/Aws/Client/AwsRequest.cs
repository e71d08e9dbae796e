namespace ControlPlane.Adapters.Aws.Client;

/// <summary>A request before it has a host, a date and a signature.</summary>
public sealed record AwsRequest
{
    public required AwsOperation Operation { get; init; }

    public HttpMethod Method { get; init; } = HttpMethod.Post;

    /// <summary>Path and query, encoded.</summary>
    public string Target { get; init; } = "/";

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Of the body; null: there is no body.</summary>
    public string? ContentType { get; init; }

    /// <summary>The header <c>X-Amz-Target</c> of JSON 1.1.</summary>
    public string? JsonTarget { get; init; }
}
