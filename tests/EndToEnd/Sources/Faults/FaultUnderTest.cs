namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>A fault as one registry has it.</summary>
/// <param name="Reason">Words of the reason why the source is stale; null: it goes on, and nothing is to be said.</param>
public sealed record FaultUnderTest(string? Reason, Func<Task> Begin, Func<Task> End);
