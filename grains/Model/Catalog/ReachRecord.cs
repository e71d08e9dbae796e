using System.Text.Json.Serialization;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Model.Catalog;

/// <summary>What is known of the ways between networks that no object says: probed, resolved and measured.</summary>
[GenerateSerializer, Immutable, Alias("cp.ReachRecord")]
public sealed record ReachRecord : CatalogRecord
{
    public const string TheKey = "reach";

    [JsonIgnore]
    public override string Key => TheKey;

    /// <summary>Addresses of gateways that do not answer, in the order of gateway, host, port and network.</summary>
    [Id(0)]
    public ValueList<WithdrawnAddress> Withdrawn { get; init; }

    /// <summary>Host names of gateways, in their order.</summary>
    [Id(1)]
    public ValueList<ResolvedHost> Hosts { get; init; }

    /// <summary>Round-trip times between localities, measured; they give way to those that are declared.</summary>
    [Id(2)]
    public ValueList<PairCost> Measured { get; init; }

    /// <summary>Whether it says the same, whatever its version.</summary>
    public bool SaysTheSameAs(ReachRecord? other) => other is not null && Withdrawn == other.Withdrawn && Hosts == other.Hosts && Measured == other.Measured;
}

/// <summary>An address of a gateway that does not answer.</summary>
/// <param name="Gateway">The <see cref="RegionGateway"/>'s name.</param>
/// <param name="Network">From which network.</param>
/// <param name="Reason">In words.</param>
[GenerateSerializer, Immutable, Alias("cp.WithdrawnAddress")]
public sealed record WithdrawnAddress(
    [property: Id(0)] string Gateway,
    [property: Id(1)] string Host,
    [property: Id(2)] int Port,
    [property: Id(3)] string Network,
    [property: Id(4)] string Reason,
    [property: Id(5)] DateTimeOffset Since);

/// <summary>The addresses of a host name, in their order: the last good answer.</summary>
[GenerateSerializer, Immutable, Alias("cp.ResolvedHost")]
public sealed record ResolvedHost([property: Id(0)] string Host, [property: Id(1)] ValueList<string> Addresses);
