namespace ControlPlane.Model.Configuration;

/// <summary>A set of addresses that reach each other directly.</summary>
[GenerateSerializer, Immutable, Alias("cp.Network")]
public sealed record Network : ConfigObject
{
    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "Network";

    /// <summary>Names of networks whose addresses are directly routable from this one. A network is always linked with itself.</summary>
    [Id(0)]
    public ValueList<string> Links { get; init; }
}
