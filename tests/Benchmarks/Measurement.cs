namespace ControlPlane.Tests.Benchmarks;

/// <summary>One figure.</summary>
/// <param name="Of">What was measured: the product with its engine, a rival, the floor.</param>
internal sealed record Measurement(string Benchmark, string Of, string Figure, double Value, string Unit)
{
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Benchmark,-25} {Of,-58} {Figure,-21} {Value,10:0.00} {Unit}");
}
