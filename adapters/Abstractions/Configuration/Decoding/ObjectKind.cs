namespace ControlPlane.Adapters.Configuration;

/// <summary>Whether objects of a kind are in a namespace.</summary>
internal enum Scope
{
    None,
    Namespace,

    /// <summary>Without one, the object is for all of them.</summary>
    OptionalNamespace,
}

/// <summary>A kind of object that can be decoded.</summary>
internal sealed record ObjectKind(
    string ApiVersion, string Name, Scope Scope, bool NeedsSpec, Func<string, string?> NameCheck, Func<FieldReader, DecodeContext, DecodedPart> Decode)
{
    public const string Ours = "controlplane.io/v1alpha1";
    public const string Service = "Service";
    public const string Kubernetes = "v1";
    public const string GatewayApi = "gateway.networking.k8s.io/v1";

    private static readonly ObjectKind[] Kinds =
    [
        new(Ours, "Cluster", Scope.None, false, Names.Label, ClusterDecoder.Decode),
        new(Ours, "Network", Scope.None, false, Names.Label, NetworkDecoder.Decode),
        new(Ours, "Mesh", Scope.None, false, Names.Label, MeshDecoder.Decode),
        new(Ours, "RegionGateway", Scope.None, true, Names.Label, RegionGatewayDecoder.Decode),
        new(Ours, "Export", Scope.Namespace, true, Names.Subdomain, ExportDecoder.Decode),
        new(Ours, "CostMatrix", Scope.None, true, Names.Subdomain, CostMatrixDecoder.Decode),
        new(Ours, "TrafficPolicy", Scope.OptionalNamespace, true, Names.Subdomain, TrafficPolicyDecoder.Decode),
        new(Ours, "Source", Scope.None, true, Names.Label, SourceDecoder.Decode),
        new(Ours, Service, Scope.Namespace, true, Names.Label, ServiceDecoder.Decode),
        new(GatewayApi, "Gateway", Scope.Namespace, true, Names.Subdomain, GatewayDecoder.Decode),
        new(GatewayApi, "GatewayClass", Scope.None, true, Names.Subdomain, GatewayClassDecoder.Decode),
        new(GatewayApi, "HTTPRoute", Scope.Namespace, true, Names.Subdomain, HttpRouteDecoder.Decode),
        new(Kubernetes, "Namespace", Scope.None, false, Names.Label, NamespaceDecoder.Decode),
    ];

    private static readonly string[] Later =
    [
        "GRPCRoute", "TCPRoute", "TLSRoute", "UDPRoute", "ReferenceGrant", "BackendTLSPolicy",
        "ListenerSet", "XListenerSet", "XBackendTrafficPolicy", "XMesh",
    ];

    /// <summary>The kind, or null after a problem that says what was expected.</summary>
    public static ObjectKind? Find(string apiVersion, string name, FieldReader root)
    {
        ObjectKind? kind = Kinds.FirstOrDefault(kind => kind.Name == name);
        string group = apiVersion.Split('/')[0];
        if (kind?.ApiVersion == apiVersion)
        {
            return kind;
        }
        if (apiVersion == Kubernetes && name == Service)
        {
            root.Refuse("apiVersion", $"Services of Kubernetes (v1) are read from clusters; in a file write a Service of {Ours}");
        }
        else if (kind is not null)
        {
            root.Refuse("apiVersion", $"expected '{kind.ApiVersion}' for a {name}, found '{apiVersion}'");
        }
        else if (Later.Contains(name) && Kinds.Any(other => other.ApiVersion.Split('/')[0] == group || group == "gateway.networking.x-k8s.io"))
        {
            root.Refuse("kind", $"{name} is not supported yet: remove the object");
        }
        else
        {
            string hint = Suggestion.For(name, Kinds.Select(other => other.Name));
            root.Refuse("kind", $"unknown kind '{name}' of '{apiVersion}'"
                + (hint.Length > 0 ? hint : $"; expected {string.Join(", ", Kinds.Select(other => other.Name))}"));
        }
        return null;
    }
}
