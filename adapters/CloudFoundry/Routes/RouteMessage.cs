using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Routes;

/// <summary>
/// What <c>router.register</c> and <c>router.unregister</c> say: routes that lead to one port of one container.
/// See https://docs.cloudfoundry.org/concepts/architecture/router.html.
/// </summary>
internal sealed record RouteMessage
{
    public string? Host { get; set; }

    /// <summary>0: it is open by TLS only.</summary>
    public int Port { get; set; }

    public int TlsPort { get; set; }

    public List<string?>? Uris { get; set; }

    /// <summary>The app's GUID; empty: a part of the platform.</summary>
    public string? App { get; set; }

    public string? PrivateInstanceId { get; set; }

    public string? PrivateInstanceIndex { get; set; }

    /// <summary>The name in the certificate behind the TLS port.</summary>
    public string? ServerCertDomainSan { get; set; }

    public string? AvailabilityZone { get; set; }

    public string? IsolationSegment { get; set; }

    /// <summary><c>http1</c> or <c>http2</c>.</summary>
    public string? Protocol { get; set; }

    /// <summary>What requests to the routes have to go through first.</summary>
    public string? RouteServiceUrl { get; set; }

    public int StaleThresholdInSeconds { get; set; }

    public Dictionary<string, string?>? Tags { get; set; }

    /// <exception cref="FormatException">It is no such message; the text says why.</exception>
    public static RouteMessage Read(ReadOnlySpan<byte> payload)
    {
        RouteMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(payload, RouteJson.Default.RouteMessage);
        }
        catch (JsonException error)
        {
            throw new FormatException(error.Message, error);
        }
        return message switch
        {
            null => throw new FormatException("it is null"),
            { Host: null or "" } => throw new FormatException("it has no host"),
            { Port: < 0 or > 65535 } => throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"expected a port from 0 to 65535, found {message.Port}")),
            { TlsPort: < 0 or > 65535 } => throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"expected a tls_port from 0 to 65535, found {message.TlsPort}")),
            { Port: 0, TlsPort: 0 } => throw new FormatException("it has no port"),
            { Uris: null or [] } => throw new FormatException("it has no uris"),
            // As the router of Cloud Foundry has it.
            { RouteServiceUrl: { Length: > 0 } url } when !url.StartsWith("https", StringComparison.Ordinal) => throw new FormatException("its route_service_url is not https"),
            _ => message,
        };
    }

    /// <summary>What is registered, apart from the routes.</summary>
    public RegisteredEndpoint Endpoint() => new()
    {
        Host = Host!,
        Port = Port,
        TlsPort = TlsPort,
        App = App ?? "",
        InstanceId = PrivateInstanceId ?? "",
        Index = PrivateInstanceIndex ?? "",
        CertificateName = ServerCertDomainSan ?? "",
        Zone = AvailabilityZone ?? "",
        IsolationSegment = IsolationSegment ?? "",
        Protocol = Protocol == "http2" ? Model.Protocol.Http2 : Model.Protocol.Http,
        Tags = (Tags ?? []).OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => new Label(tag.Key, tag.Value ?? "")).ToValueList(),
    };
}

/// <summary>What a router says of itself: <c>router.start</c>, and the answer to <c>router.greet</c>.</summary>
internal sealed record RouterStart
{
    public string? Id { get; set; }

    public List<string>? Hosts { get; set; }

    [JsonPropertyName("minimumRegisterIntervalInSeconds")]
    public int MinimumRegisterIntervalInSeconds { get; set; }

    [JsonPropertyName("pruneThresholdInSeconds")]
    public int PruneThresholdInSeconds { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RouteMessage))]
[JsonSerializable(typeof(RouterStart))]
internal sealed partial class RouteJson : JsonSerializerContext;
