namespace ControlPlane.Adapters.Http;

/// <summary>What an HTTP source is told.</summary>
public sealed record HttpSettings
{
    /// <summary>Where the instances are.</summary>
    public required Uri Url { get; init; }

    /// <summary>A file with a bearer token, read for each request; null: none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>A PEM file of the authorities to trust; null: the system's.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>Whether the answer is a stream of JSON lines instead of one document.</summary>
    public bool IsStream { get; init; }

    /// <summary>How long the server may take for an answer; of a stream, how long nothing may come, not even an empty line.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a document that are read at most, and of a line of a stream.</summary>
    internal int MaximumBytes { get; init; } = 256 * 1024 * 1024;
}
