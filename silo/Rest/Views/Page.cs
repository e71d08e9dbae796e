namespace ControlPlane.Silo.Rest.Views;

/// <summary>A part of a list.</summary>
/// <param name="Items">In a stable order.</param>
/// <param name="Total">How many the filters leave, on all pages.</param>
/// <param name="Continue">Ask again with <c>continue=</c> this for the next page; null: this is the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, int Total, string? Continue);
