#if !ORLEANS
using ControlPlane.Adapters.Hosting;
using ControlPlane.Embedded;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Hosting.Database;
using Orleans.Storage;

namespace ControlPlane.Silo.Engine;

/// <summary>Runs the grains in this process, without Orleans.</summary>
internal static class GrainEngine
{
    public const string Name = "Embedded";

    /// <summary>Whether several processes may share a region.</summary>
    public const bool IsDistributed = false;

    /// <summary>What it needs in a shared database beside the table of states.</summary>
    public static IReadOnlyList<PostgresScript> Scripts { get; } = [];

    /// <summary>Claims the region for this process.</summary>
    public static Task<RegionClaim?> TryClaimAsync(PostgresDatabase database, CancellationToken cancellationToken) =>
        RegionClaim.TryTakeAloneAsync(database, cancellationToken);

    public static void Add(WebApplicationBuilder builder, RunOptions options)
    {
        if (options.SiloAddress is not null || options.SiloAuthorities is not null)
        {
            throw new InvalidDataException("--silo-address and --silo-ca are for several processes, and the Embedded engine is of one: leave them out, or build with Orleans");
        }
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

    private sealed class Lifetime(GrainRuntime runtime, GrainsReady ready, RegionDatabase database) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            try
            {
                await database.WaitAsync(stoppingToken);
                ready.Set();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
            }
        }

        public override async Task StopAsync(CancellationToken cancellationToken)
        {
            await base.StopAsync(cancellationToken);
            await runtime.StopAsync(cancellationToken);
        }
    }
}
#endif
