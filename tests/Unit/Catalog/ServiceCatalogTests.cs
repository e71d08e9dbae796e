using ControlPlane.Grains.Catalog;
using ControlPlane.Model.Catalog;
using ControlPlane.Tests.Unit.Grains;
using ControlPlane.Tests.Unit.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>How long a silo that knows nothing holds its proxies up.</summary>
public sealed class ServiceCatalogTests
{
    [Fact]
    public async Task Catalog_WithASourceThatIsNeverHeard_IsPartialAfterTheTimeToWait()
    {
        var time = new FakeTimeProvider();
        var recorded = new RecordedCatalog();
        var expected = new ExpectedSources();
        expected.Set(["east"], areAllKnown: true);
        using var catalog = new ServiceCatalog(
            NoGrains.Factory, Ready(), new CatalogFile(new MemoryStore(), time, NullLogger<CatalogFile>.Instance),
            expected, new ServiceCatalogOptions { WarmTimeout = TimeSpan.FromSeconds(30) }, [recorded], time, NullLogger<ServiceCatalog>.Instance);
        await catalog.LoadAsync(default);
        await catalog.StartAsync(default);
        catalog.Current.Completeness.ShouldBe(Completeness.Waiting);
        time.Advance(TimeSpan.FromSeconds(29));
        recorded.Snapshots.ShouldBeEmpty();

        await Eventually.Until(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return catalog.Current.Completeness == Completeness.Partial;
        });

        await catalog.StopAsync(default);
    }

    private static GrainsReady Ready()
    {
        var ready = new GrainsReady();
        ready.Set();
        return ready;
    }
}
