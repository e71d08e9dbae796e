using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Clusters;
using ControlPlane.Grains.Reach;
using ControlPlane.Grains.Sources;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Tests.Unit.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>The product's grains on the engine, with a catalog on top as every silo has it.</summary>
internal sealed class Region : IAsyncDisposable
{
    private readonly TestEngine engine;

    private Region(TestEngine engine) => this.engine = engine;

    public IGrainFactory Grains => engine.Grains;

    public IServiceProvider Services => engine.Services;

    public ServiceCatalog Catalog => Services.GetRequiredService<ServiceCatalog>();

    public CatalogSnapshot Current => Catalog.Current;

    /// <summary>Every snapshot there was, in order.</summary>
    public RecordedCatalog Recorded => Services.GetRequiredService<RecordedCatalog>();

    public Members Members => Services.GetRequiredService<Members>();

    /// <param name="folder">Where state is kept.</param>
    /// <param name="sources">Those that the catalog waits for.</param>
    public static async Task<Region> StartAsync(string folder, params string[] sources)
    {
        TestEngine engine = await TestEngine.StartAsync(folder, services => services
            .AddSingleton<Members>()
            .AddSingleton<IClusterInfo>(provider => provider.GetRequiredService<Members>())
            .AddSingleton<GrainsReady>()
            .AddSingleton<CatalogFile>()
            .AddSingleton<RecordedCatalog>()
            .AddSingleton<ICatalogObserver>(provider => provider.GetRequiredService<RecordedCatalog>())
            .AddSingleton(Expected(sources))
            .AddSingleton(new ServiceCatalogOptions())
            .AddSingleton(new ReachOptions { CostHold = TimeSpan.Zero })
            .AddSingleton<ServiceCatalog>());
        var region = new Region(engine);
        await region.Catalog.LoadAsync(default);
        region.Services.GetRequiredService<GrainsReady>().Set();
        await region.Catalog.StartAsync(default);
        return region;
    }

    private static ExpectedSources Expected(string[] sources)
    {
        var expected = new ExpectedSources();
        expected.Set(sources, areAllKnown: true);
        return expected;
    }

    public ISourceGrain Source(string name) => Grains.GetGrain<ISourceGrain>(name);

    /// <summary>Takes the lease of a source, to report under.</summary>
    public Task<Holder> HoldAsync(string source, string holder = Members.Here) => Holder.AcquireAsync(Source(source), holder);

    public Task KillAsync(string grainType, string key) => engine.KillAsync(grainType, key);

    public ServiceRecord? Find(ServiceId service) => Current.Services.GetValueOrDefault(service);

    /// <summary>Waits until the catalog has the service with just these addresses, in any order.</summary>
    public Task UntilAsync(ServiceId service, params string[] addresses) => Eventually.Until(
        () => Find(service) is { } record && record.Endpoints.Select(endpoint => endpoint.Address).Order().SequenceEqual(addresses.Order()),
        state: () => Find(service)?.ToString() ?? "not there");

    /// <summary>Waits until nothing that the source said has yet to be stored.</summary>
    public Task UntilStoredAsync(string source) => Eventually.Until(async () =>
    {
        IStateStore store = Services.GetRequiredService<IStateStore>();
        StoredRow? lease = await store.ReadAsync(new StateKey("source", source, "lease"), default);
        // That the picture is whole is written after its parts.
        return lease is not null && StateJson.Read<SourceLease>(lease).HasPicture;
    });

    public Task<ClusterStatus> ClusterAsync(string name) => Grains.GetGrain<IClusterGrain>(name).GetAsync();

    /// <summary>Calls until it is answered: a grain that was just killed may have nobody to answer.</summary>
    public static async Task<T> AnsweredAsync<T>(Func<Task<T>> call)
    {
        T answer = default!;
        string failure = "";
        await Eventually.Until(async () =>
        {
            try
            {
                answer = await call();
                return true;
            }
            catch (Exception lost)
            {
                failure = lost.Message;
                return false;
            }
        }, state: () => failure);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        await Catalog.StopAsync(default);
        await engine.DisposeAsync();
    }
}
