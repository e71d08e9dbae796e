using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;
#if ORLEANS
using System.Net;
using Orleans.Core.Internal;
using Orleans.Configuration;
#else
using ControlPlane.Embedded;
#endif

namespace ControlPlane.Tests.Unit.Engine;

/// <summary>The engine that this was built for, with the product's grains and those of the tests, on a state store in a folder of its own.</summary>
internal sealed class TestEngine : IAsyncDisposable
{
    private readonly IHost host;

    private TestEngine(IHost host) => this.host = host;

    public IServiceProvider Services => host.Services;

    public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    /// <param name="folder">Where state is kept.</param>
    public static async Task<TestEngine> StartAsync(string folder, Action<IServiceCollection>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        builder.Services.AddSingleton<IStateStore>(services => SqliteStateStore.Open(
            Path.Combine(folder, "state.db"), TimeProvider.System, services.GetRequiredService<ILogger<SqliteStateStore>>()));
        builder.Services.AddSingleton<Epochs>();
        // Calls that are never answered would hold up the end.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        AddEngine(builder);
        configure?.Invoke(builder.Services);
        IHost host = builder.Build();
        await host.StartAsync();
        return new TestEngine(host);
    }

    /// <summary>Loses what a grain has in memory.</summary>
    public async Task KillAsync(string grainType, string key)
    {
#if ORLEANS
        await Grains.GetGrain(GrainId.Create(grainType, key)).Cast<IGrainManagementExtension>().DeactivateOnIdle();
#else
        host.Services.GetRequiredService<GrainRuntime>().Kill(new GrainId(grainType, key));
        await Task.CompletedTask;
#endif
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

#if ORLEANS
    private static void AddEngine(HostApplicationBuilder builder)
    {
        builder.Services.AddKeyedSingleton<IGrainStorage, GrainStateStorage>(GrainStateStorage.Name);
        builder.UseOrleans(silo =>
        {
            int port = Loopback.FreePort();
            silo.UseLocalhostClustering(port, gatewayPort: 0, new IPEndPoint(IPAddress.Loopback, port));
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5));
        });
    }
#else
    private static void AddEngine(HostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IGrainStorage, GrainStateStorage>();
        builder.Services.AddSingleton(services => new GrainRuntime(
            services,
            new[] { typeof(Epochs).Assembly, typeof(TestEngine).Assembly }.SelectMany(assembly => assembly.GetTypes())
                .Where(type => type.IsSubclassOf(typeof(Grain)) && !type.IsAbstract),
            TimeProvider.System,
            services.GetRequiredService<ILogger<GrainRuntime>>()));
        builder.Services.AddSingleton<IGrainFactory>(services => services.GetRequiredService<GrainRuntime>());
    }
#endif
}
