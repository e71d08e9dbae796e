namespace ControlPlane.Silo.Rest.Views;

/// <summary>The processes of a region.</summary>
/// <param name="Silo">The process that was asked, as holders of leases are named; null: its grains have not begun.</param>
/// <param name="Silos">All processes of the region.</param>
/// <param name="Database">Where they keep their state; null: in a folder.</param>
/// <param name="Problem">Why the database cannot be used; null: it can.</param>
public sealed record SilosView(string Region, string Engine, string? Silo, IReadOnlyList<string> Silos, string? Database, string? Problem);
