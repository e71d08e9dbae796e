namespace ControlPlane.Tests.Benchmarks;

/// <summary>What the fleet measured.</summary>
/// <param name="Last">Milliseconds from the change until the last stream had it, of each round in order.</param>
/// <param name="CpuPerMessage">Microseconds of the server's CPU time.</param>
internal sealed record FleetResult(IReadOnlyList<double> Last, double CpuPerMessage);
