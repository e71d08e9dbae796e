namespace ControlPlane.Adapters.Sources;

/// <summary>A source that is to be watched.</summary>
/// <param name="Name">Unique in a region: <c>consul/dc1</c>.</param>
/// <param name="Revision">Another one: it is to be watched anew, by another adapter.</param>
/// <param name="MaxRemovalPercent">The percentage of its endpoints that may vanish in one reading; null: as for all.</param>
public sealed record SourceDefinition(string Name, string Revision, Func<IDiscoveryAdapter> Create, int? MaxRemovalPercent = null);
