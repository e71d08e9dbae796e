using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Apps;

/// <summary>An app, with all that is known of it and of its instances.</summary>
internal sealed record App
{
    public const string Web = "web";

    public required string Guid { get; init; }

    public required string Name { get; init; }

    public required string Space { get; init; }

    public required string Organization { get; init; }

    /// <summary>Whether its owner wants it to run.</summary>
    public required bool IsStarted { get; init; }

    /// <summary>What its routes lead to.</summary>
    public ValueList<AppPort> Ports { get; init; }

    public ValueList<AppInstance> Instances { get; init; }

    /// <summary>By <c>scope.name</c>; of settings that come twice the last one counts.</summary>
    public ValueList<KeyValuePair<string, string>> Attributes { get; init; }

    /// <summary>What its instances are reported together as.</summary>
    public string Group => $"{Organization}/{Space}/{Name}";

    /// <summary>The service of a kind of its processes.</summary>
    public string Service(string processType) => processType is Web or "" ? Name : $"{Name}-{processType}";

    /// <summary>The name of an instance, unique in the foundation.</summary>
    public string Workload(string processType, string index) => $"{Organization}/{Space}/{Service(processType)}/{index}";

    /// <summary>The ports of a kind of processes that routes lead to.</summary>
    public IEnumerable<AppPort> PortsOf(string processType) => Ports.Where(port => port.ProcessType == processType);
}

/// <summary>A port of the container that a route leads to.</summary>
/// <param name="Route">Host, domain and path.</param>
internal sealed record AppPort(string ProcessType, int Number, Protocol Protocol, string Route);

/// <summary>A container.</summary>
/// <param name="Guid">Empty: an older Cloud Controller, which does not say it.</param>
/// <param name="Host">Of its cell; empty: nobody says it, as it is not placed.</param>
internal sealed record AppInstance(string ProcessType, int Index, string Guid, Health Health, bool IsPlaced, string Host, ValueList<ContainerPort> Ports, string IsolationSegment);

/// <summary>How a port of a container is reached from outside.</summary>
/// <param name="External">0: it is not.</param>
/// <param name="Tls">Of the proxy before it, which speaks TLS; 0: there is none.</param>
internal sealed record ContainerPort(int Internal, int External, int Tls);

/// <summary>All apps that may be seen.</summary>
/// <param name="Begun">When its reading began, as a timestamp.</param>
internal sealed record AppCatalog(IReadOnlyDictionary<string, App> Apps, long Begun)
{
    /// <summary>Whether both hold the same.</summary>
    public bool IsSameAs(AppCatalog other) =>
        Apps.Count == other.Apps.Count && Apps.All(pair => other.Apps.TryGetValue(pair.Key, out App? app) && app == pair.Value);
}
