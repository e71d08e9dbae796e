using System.Text.Json.Serialization;

namespace ControlPlane.Model.Configuration;

/// <summary>An object of the configuration, from a file or from Kubernetes.</summary>
[GenerateSerializer, Immutable, Alias("cp.ConfigObject")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Cluster), "Cluster")]
[JsonDerivedType(typeof(Network), "Network")]
[JsonDerivedType(typeof(TrafficPolicy), "TrafficPolicy")]
[JsonDerivedType(typeof(Gateway), "Gateway")]
[JsonDerivedType(typeof(HttpRoute), "HTTPRoute")]
[JsonDerivedType(typeof(Namespace), "Namespace")]
[JsonDerivedType(typeof(Source), "Source")]
[JsonDerivedType(typeof(Mesh), "Mesh")]
[JsonDerivedType(typeof(RegionGateway), "RegionGateway")]
[JsonDerivedType(typeof(Export), "Export")]
[JsonDerivedType(typeof(CostMatrix), "CostMatrix")]
public abstract record ConfigObject
{
    /// <summary>Empty for kinds that have no namespace. That of a <see cref="Configuration.Namespace"/> is its cluster.</summary>
    [Id(0)]
    public string Namespace { get; init; } = "";

    [Id(1)]
    public required string Name { get; init; }

    /// <summary>Where it is written, for people: <c>file.yaml:12</c> or <c>HTTPRoute shop/web (kubernetes east)</c>.</summary>
    [Id(2)]
    public string Origin { get; init; } = "";

    /// <summary>The region of the control plane that it was learnt from. Empty: it is this one's own.</summary>
    [Id(3)]
    public string Region { get; init => field = value ?? ""; } = "";

    [JsonIgnore]
    public abstract string Kind { get; }

    /// <summary><c>Kind namespace/name</c>, or <c>Kind name</c>.</summary>
    [JsonIgnore]
    public string Reference => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
