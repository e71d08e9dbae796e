#if !ORLEANS
using ControlPlane.Adapters.Hosting;
using ControlPlane.Embedded;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using Orleans.Storage;

namespace ControlPlane.Silo.Engine;

/// <summary>Runs the grains in this process, without Orleans.</summary>
internal static class GrainEngine
{
    public const string Name = "Embedded";

    public static void Add(WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.AddSingleton<IGrainStorage, GrainStateStorage>();
        services.AddSingleton(provider => new GrainRuntime(
            provider,
            typeof(GrainsReady).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Grain)) && !type.IsAbstract),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GrainRuntime>>()));
        services.AddSingleton<IGrainFactory>(provider => provider.GetRequiredService<GrainRuntime>());
        services.AddSingleton<IClusterInfo, SingleProcess>();
        services.AddHostedService<Lifetime>();
    }

    private sealed class SingleProcess : IClusterInfo
    {
        public string Self { get; } = $"{Environment.MachineName}-{Guid.NewGuid():N}";

        public IReadOnlyCollection<string> Members => [Self];
    }

    private sealed class Lifetime(GrainRuntime runtime, GrainsReady ready) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            ready.Set();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => runtime.StopAsync(cancellationToken);
    }
}
#endif
