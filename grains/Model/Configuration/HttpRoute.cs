using System.Text.Json.Serialization;

namespace ControlPlane.Model.Configuration;

/// <summary>An <c>HTTPRoute</c> of the Kubernetes Gateway API.</summary>
[GenerateSerializer, Immutable, Alias("cp.HttpRoute")]
public sealed record HttpRoute : ConfigObject
{
    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "HTTPRoute";

    [Id(0)]
    public required ValueList<ParentReference> Parents { get; init; }

    /// <summary>Empty: the listener's.</summary>
    [Id(1)]
    public ValueList<string> Hostnames { get; init; }

    [Id(2)]
    public ValueList<HttpRouteRule> Rules { get; init; }
}

/// <summary>A <c>parentRef</c> to a Gateway.</summary>
/// <param name="SectionName">The listener; empty: all.</param>
/// <param name="Port">0: any.</param>
[GenerateSerializer, Immutable, Alias("cp.ParentReference")]
public sealed record ParentReference(
    [property: Id(0)] string Namespace,
    [property: Id(1)] string Name,
    [property: Id(2)] string SectionName,
    [property: Id(3)] int Port);

/// <summary>Requests that meet any of the matches (none: all) go to the backends, by weight.</summary>
[GenerateSerializer, Immutable, Alias("cp.HttpRouteRule")]
public sealed record HttpRouteRule(
    [property: Id(0)] ValueList<HttpMatch> Matches,
    [property: Id(1)] ValueList<BackendReference> Backends);

/// <summary>All of it must be met.</summary>
/// <param name="Method">Empty: any.</param>
[GenerateSerializer, Immutable, Alias("cp.HttpMatch")]
public sealed record HttpMatch(
    [property: Id(0)] PathMatchType PathType,
    [property: Id(1)] string Path,
    [property: Id(2)] ValueList<HeaderMatch> Headers,
    [property: Id(3)] string Method);

[GenerateSerializer, Immutable, Alias("cp.HeaderMatch")]
public sealed record HeaderMatch(
    [property: Id(0)] string Name,
    [property: Id(1)] string Value,
    [property: Id(2)] bool IsRegularExpression);

/// <param name="Weight">0 to 1,000,000.</param>
[GenerateSerializer, Immutable, Alias("cp.BackendReference")]
public sealed record BackendReference(
    [property: Id(0)] string Namespace,
    [property: Id(1)] string Name,
    [property: Id(2)] int Port,
    [property: Id(3)] int Weight);

[JsonConverter(typeof(JsonStringEnumConverter<PathMatchType>))]
public enum PathMatchType
{
    /// <summary>By path elements: <c>/a</c> meets <c>/a</c> and <c>/a/b</c>, not <c>/ab</c>.</summary>
    PathPrefix,
    Exact,

    /// <summary>RE2, of the whole path.</summary>
    RegularExpression,
}
