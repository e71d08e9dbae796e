using ControlPlane.Model.Sources;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>Another region, as it is linked with this one.</summary>
/// <param name="Address">Where this region opens its link.</param>
/// <param name="State">How well what it has said can be believed.</param>
/// <param name="Generation">The highest that was heard of it; null: none yet.</param>
/// <param name="Services">How many of its services are known here.</param>
/// <param name="Listening">Since when it has had a link open to this silo; null: it has none.</param>
public sealed record RegionView(
    string Name, Uri Address, SourceState State, string? Reason, DateTimeOffset? Since, DateTimeOffset? LastGood, long? Generation, int Services, int Endpoints, OpenLink? Listening);

/// <summary>A link that another region has open to this silo.</summary>
/// <param name="From">Its address.</param>
public sealed record OpenLink(string Region, string From, DateTimeOffset Since);
