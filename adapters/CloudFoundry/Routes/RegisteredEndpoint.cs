using System.Globalization;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Routes;

/// <summary>A port of a container, as it was registered.</summary>
internal sealed record RegisteredEndpoint
{
    public required string Host { get; init; }

    /// <summary>0: it is open by TLS only.</summary>
    public required int Port { get; init; }

    public int TlsPort { get; init; }

    /// <summary>GUID; empty: a part of the platform.</summary>
    public string App { get; init; } = "";

    /// <summary>Of the container.</summary>
    public string InstanceId { get; init; } = "";

    /// <summary>Among the instances of its process.</summary>
    public string Index { get; init; } = "";

    public string CertificateName { get; init; } = "";

    public string Zone { get; init; } = "";

    public string IsolationSegment { get; init; } = "";

    public Protocol Protocol { get; init; } = Protocol.Http;

    public ValueList<Label> Tags { get; init; }

    /// <summary>Who has an address is known by it alone: two containers never share one.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Host}:{(Port > 0 ? Port : TlsPort)}");

    /// <summary>What is listed together.</summary>
    public string Group => App.Length > 0 ? App : Address;

    public string Tag(string name) => Tags.FirstOrDefault(tag => tag.Name == name)?.Value ?? "";
}

/// <summary>A route to an endpoint.</summary>
/// <param name="Uri">Host and path, without scheme.</param>
/// <param name="RouteService">What requests have to go through first; empty: nothing.</param>
internal sealed record RegisteredRoute(string Uri, string RouteService);

/// <summary>An endpoint with its routes.</summary>
/// <param name="Since">When this container was first registered there, as a timestamp.</param>
internal sealed record Registration(RegisteredEndpoint Endpoint, ValueList<RegisteredRoute> Routes, long Since);
