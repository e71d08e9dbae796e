using ControlPlane.Model.Configuration;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>The configuration that is in force.</summary>
/// <param name="Revision">A hash of the objects; null: nothing has been accepted yet.</param>
/// <param name="Problems">What was refused, and why: in all sources.</param>
/// <param name="Warnings">What is in force, and yet can hardly be meant: policies that select nothing, gateways that lead to nothing.</param>
public sealed record ConfigurationView(string? Revision, IReadOnlyList<ConfigObject> Objects, IReadOnlyList<ProblemView> Problems, IReadOnlyList<ProblemView> Warnings);
