namespace ControlPlane.Model.Configuration;

/// <summary>What calls between places cost, where it is not the default. Several matrices count as one; the most specific pair of places wins.</summary>
[GenerateSerializer, Immutable, Alias("cp.CostMatrix")]
public sealed record CostMatrix : ConfigObject
{
    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "CostMatrix";

    [Id(0)]
    public ValueList<PairCost> Pairs { get; init; }
}

/// <summary>The cost between two places, in both directions unless the other direction has an entry of its own.</summary>
/// <param name="From"><c>region/zone</c> or <c>region</c>.</param>
/// <param name="To">Likewise.</param>
/// <param name="RoundTripMs">Milliseconds; null: the default, or what is measured.</param>
/// <param name="PricePerGb">US dollars a gigabyte; null: the default.</param>
[GenerateSerializer, Immutable, Alias("cp.PairCost")]
public sealed record PairCost(
    [property: Id(0)] string From,
    [property: Id(1)] string To,
    [property: Id(2)] double? RoundTripMs,
    [property: Id(3)] double? PricePerGb);
