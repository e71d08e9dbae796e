#if ORLEANS
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Hosting.Database;

namespace ControlPlane.Silo.Engine.Membership;

/// <summary>Starts the silo when the database is there, however long that takes: all else has begun by then.</summary>
internal sealed class SiloStart(Func<IHostedService> make, RegionDatabase database, ProcessEnd end) : BackgroundService
{
    private IHostedService? silo;

    /// <summary>Takes the place of the service that starts it along with the others.</summary>
    public static void Replace(IServiceCollection services)
    {
        ServiceDescriptor orleans = services.Single(service =>
            service.ServiceType == typeof(IHostedService) && service.ImplementationType is { Name: "SiloHostedService", Namespace: "Orleans.Hosting" });
        services[services.IndexOf(orleans)] = ServiceDescriptor.Singleton<IHostedService>(provider => new SiloStart(
            () => (IHostedService)ActivatorUtilities.CreateInstance(provider, orleans.ImplementationType!), provider.GetRequiredService<RegionDatabase>(), provider.GetRequiredService<ProcessEnd>()));
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (silo is not null)
        {
            await silo.StopAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await database.WaitAsync(stoppingToken);
            silo = make();
            await silo.StartAsync(stoppingToken);
        }
        catch (Exception exception)
        {
            if (!stoppingToken.IsCancellationRequested)
            {
                end.Because($"the silo could not join its region: {exception.Message}");
            }
        }
    }
}
#endif
