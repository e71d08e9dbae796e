namespace ControlPlane.Model.Configuration;

/// <summary>A <c>Gateway</c> of the Kubernetes Gateway API: the listeners of an ingress gateway.</summary>
[GenerateSerializer, Immutable, Alias("cp.Gateway")]
public sealed record Gateway : ConfigObject
{
    /// <summary>The <c>gatewayClassName</c> that we serve; Gateways of other classes are not ours.</summary>
    public const string ClassName = "controlplane";

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "Gateway";

    [Id(0)]
    public required ValueList<GatewayListener> Listeners { get; init; }

    /// <summary>The cluster whose mesh it is in: where the object was found.</summary>
    [Id(1)]
    public string Cluster { get; init; } = "";
}

/// <summary>One port and host name of a gateway, HTTP only.</summary>
/// <param name="Hostname">Empty: every host. May begin with <c>*.</c>.</param>
/// <param name="RoutesFrom">Namespaces whose routes may attach.</param>
/// <param name="Selector">Those namespaces, where they are selected by their labels; else null.</param>
[GenerateSerializer, Immutable, Alias("cp.GatewayListener")]
public sealed record GatewayListener(
    [property: Id(0)] string Name,
    [property: Id(1)] int Port,
    [property: Id(2)] string Hostname,
    [property: Id(3)] RoutesFrom RoutesFrom,
    [property: Id(4)] NamespaceSelector? Selector = null);

/// <summary><c>allowedRoutes.namespaces.from</c>.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<RoutesFrom>))]
public enum RoutesFrom
{
    Same,
    All,
    Selector,
}
