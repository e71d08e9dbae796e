using System.Diagnostics.Metrics;
using ControlPlane.Adapters.Hosting;

namespace ControlPlane.Tests.Unit.Hosting;

/// <summary>Meters that nobody reads.</summary>
internal sealed class NoMeters : IMeterFactory
{
    public static SourceMetrics Metrics { get; } = new(new NoMeters(), TimeProvider.System);

    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
