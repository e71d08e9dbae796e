using System.Security.Cryptography.X509Certificates;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Adapters.Sources;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Reach;
using ControlPlane.Grains.Sources;
using ControlPlane.Grains.Storage;
using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Model.Catalog;
using ControlPlane.Silo.Engine;
using ControlPlane.Silo.Hosting.Database;
using ControlPlane.Silo.Identity;
using ControlPlane.Silo.Reach;
using ControlPlane.Silo.Regions;
using ControlPlane.Silo.Rest;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Views;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ControlPlane.Silo.Hosting;

/// <summary>Wires everything together: the one place that knows all parts.</summary>
public static class ControlPlaneHost
{
    internal const string StateFile = "state.db";
    // Beside a shared database only what was known last is local.
    private const string CatalogFileName = "catalog.db";
    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(25);

    /// <summary>A host that is not started. What it knew from before is not loaded yet: <see cref="StartAsync"/> does both.</summary>
    /// <exception cref="IOException">The state file cannot be used.</exception>
    public static WebApplication Build(RunOptions options)
    {
        DataFolder folder = DataFolder.Take(options.DataFolder);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        // By a factory, so that it is given back with the rest.
        builder.Services.AddSingleton(_ => folder);
        builder.Logging.ClearProviders().AddConsoleLog(options.LogLevel);
        builder.Services.Configure<HostOptions>(host =>
        {
            // The xDS server serves what was known from before while the grains still start.
            host.ServicesStartConcurrently = true;
            host.ShutdownTimeout = ShutdownLimit;
        });
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(options);
        AddStorage(builder.Services, options);
        GrainEngine.Add(builder, options);
        AddSources(builder.Services, options);
        AddCatalog(builder.Services, options);
        AddReach(builder.Services, options);
        builder.Services.AddRegions(options.Region);
        builder.Services.AddSingleton<FileIdentities>()
            .AddSingleton<IMeshIdentities>(services => services.GetRequiredService<FileIdentities>())
            .AddSingleton<ICatalogObserver>(services => services.GetRequiredService<FileIdentities>())
            .AddHostedService(services => services.GetRequiredService<FileIdentities>());
        builder.Services.AddSingleton(services => new ViewHost(services.GetRequiredService<IMeshIdentities>(), services.GetRequiredService<TimeProvider>()))
            .AddSingleton<ICatalogObserver>(services => services.GetRequiredService<ViewHost>())
            .AddSingleton<IProxyAdmission>(services => services.GetRequiredService<ViewHost>());
        builder.Services.AddXdsServer();
        builder.Services.AddRestApi();
        Listen(builder, options);
        WebApplication app = builder.Build();
        app.Services.GetRequiredService<DataFolder>();
        app.MapWhen(context => context.Connection.LocalPort == options.XdsAddress.Port, xds => xds.MapXds());
        app.MapRegionLinks(options.Region);
        app.MapRestApi();
        return app;
    }

    /// <summary>Loads what was known from before, then starts.</summary>
    /// <exception cref="IOException">A port is in use.</exception>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        await app.Services.GetRequiredService<RegionDatabase>().TryOpenAsync(cancellationToken);
        await app.Services.GetRequiredService<ServiceCatalog>().LoadAsync(cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            // What has started by then ends in good order.
            await app.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (exception is IOException { InnerException: AddressInUseException })
            {
                throw new IOException($"{exception.Message} End the process that has it, or choose another with --rest-address or --xds-address.", exception);
            }
            throw;
        }
    }

    private static void AddStorage(IServiceCollection services, RunOptions options)
    {
        services.AddSingleton(provider => SqliteStateStore.Open(
            Path.Combine(options.DataFolder, options.Postgres is null ? StateFile : CatalogFileName),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<SqliteStateStore>>()));
        if (options.Postgres is { } address)
        {
            services.AddSingleton(_ => new PostgresDatabase(address, options.Region.Name, GrainEngine.Scripts)).AddSingleton<IStateStore, PostgresStateStore>();
        }
        else
        {
            services.AddSingleton<IStateStore>(provider => provider.GetRequiredService<SqliteStateStore>());
        }
        services.AddSingleton<ProcessEnd>();
        // The first to start and the last to stop.
        services.AddSingleton(provider => new RegionDatabase(
                provider.GetService<PostgresDatabase>(), provider.GetRequiredService<ProcessEnd>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<RegionDatabase>>()))
            .AddHostedService(provider => provider.GetRequiredService<RegionDatabase>());
        services.AddSingleton<Epochs>();
    }

    private static void AddSources(IServiceCollection services, RunOptions options)
    {
        services.AddSourceTypes();
        services.AddSingleton<CommandLineSources>().AddSingleton<ISourceProvider>(provider => provider.GetRequiredService<CommandLineSources>());
        services.AddSingleton<ISourceProvider, OwnRegistrations>();
        services.AddSingleton<DeclaredSources>()
            .AddSingleton<ISourceProvider>(provider => provider.GetRequiredService<DeclaredSources>())
            .AddSingleton<ICatalogObserver>(provider => provider.GetRequiredService<DeclaredSources>());
        // After the others: a cluster that is named elsewhere, too, is watched as it is named there.
        services.AddClusterSecrets(options);
        services.AddSingleton<CatalogClusterObjects>()
            .AddSingleton<IClusterObjects>(provider => provider.GetRequiredService<CatalogClusterObjects>())
            .AddSingleton<ICatalogObserver>(provider => provider.GetRequiredService<CatalogClusterObjects>());
        services.AddSingleton(new SourceHostOptions { StartGrace = options.StartGrace, MaxRemovalPercent = options.MaxRemovalPercent });
        services.AddSingleton<SourceMetrics>();
        services.AddSingleton<ISourceSink, GrainSourceSink>();
        services.AddHostedService<SourceHosts>();
    }

    private static void AddCatalog(IServiceCollection services, RunOptions options)
    {
        services.AddSingleton<GrainsReady>();
        services.AddSingleton(provider => new CatalogFile(
            provider.GetRequiredService<SqliteStateStore>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<CatalogFile>>()));
        services.AddSingleton<ExpectedSources>();
        services.AddSingleton(new ServiceCatalogOptions { WarmTimeout = options.WarmTimeout });
        services.AddSingleton<ServiceCatalog>();
        services.AddHostedService(provider => provider.GetRequiredService<ServiceCatalog>());
        services.AddSingleton<StartMemory>()
            .AddSingleton<ICatalogObserver>(provider => provider.GetRequiredService<StartMemory>())
            .AddHostedService(provider => provider.GetRequiredService<StartMemory>());
    }

    private static void AddReach(IServiceCollection services, RunOptions options)
    {
        services.AddSingleton(new ReachOptions { CostMargin = options.CostMarginPercent / 100.0, CostHold = options.CostHold });
        services.AddSingleton<ReachMetrics>().AddSingleton<ICatalogObserver>(provider => provider.GetRequiredService<ReachMetrics>());
        services.AddSingleton<IHostResolver, SystemResolver>();
        services.AddSingleton<GatewayHost>()
            .AddSingleton<ICatalogObserver>(provider => provider.GetRequiredService<GatewayHost>())
            .AddHostedService(provider => provider.GetRequiredService<GatewayHost>());
    }

    private static void Listen(WebApplicationBuilder builder, RunOptions options)
    {
        X509Certificate2? certificate = options.Certificate;
        builder.WebHost.ListenForRegions(options.Region);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.RestAddress, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
            kestrel.ListenXds(options.XdsAddress, certificate is null ? null : listen => listen.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                // Proxies may show who they are: it is compared with the authorities of their mesh, which is known when they have said where they are.
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.AllowAnyClientCertificate();
            }));
        });
    }
}
