#if ORLEANS
using System.Net;
using System.Net.Sockets;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Silo.Engine.Membership;
using ControlPlane.Silo.Hosting;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace ControlPlane.Silo.Engine;

/// <summary>Runs the grains in an Orleans silo. Those that share a database and a region form a cluster; without a database it is a cluster of one.</summary>
internal static class GrainEngine
{
    public const string Name = "Orleans";

    /// <summary>Whether several processes may share a region.</summary>
    public const bool IsDistributed = true;

    private static readonly TimeSpan ProbePeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

    /// <summary>What it needs in a shared database beside the table of states.</summary>
    public static IReadOnlyList<PostgresScript> Scripts { get; } = [MembershipTables.Script];

    /// <summary>Claims the region for this process and other silos.</summary>
    public static Task<RegionClaim?> TryClaimAsync(PostgresDatabase database, CancellationToken cancellationToken) =>
        RegionClaim.TryTakeSharedAsync(database, (session, token) => DeadSilos.BuryAsync(session, database.Region, token), cancellationToken);

    public static void Add(WebApplicationBuilder builder, RunOptions options)
    {
        builder.Services.AddKeyedSingleton<IGrainStorage, GrainStateStorage>(GrainStateStorage.Name);
        builder.Services.AddSingleton<IClusterInfo, Membership>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Lifetime>();
        builder.Services.AddSingleton<IFatalErrorHandler, DeclaredDead>();
        builder.UseOrleans(silo =>
        {
            // A cluster of one needs no fixed port, and so any number of them run side by side.
            IPEndPoint address = options.SiloAddress ?? new IPEndPoint(IPAddress.Loopback, FreePort());
            if (options.Postgres is null)
            {
                silo.UseLocalhostClustering(address.Port, gatewayPort: 0, address);
            }
            else
            {
                Join(silo, address, options);
            }
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));
        });
        if (options.Postgres is not null)
        {
            SiloStart.Replace(builder.Services);
        }
    }

    private static void Join(ISiloBuilder silo, IPEndPoint address, RunOptions options)
    {
        silo.UseAdoNetClustering((AdoNetClusteringSiloOptions _) => { });
        silo.Services.AddOptions<AdoNetClusteringSiloOptions>().Configure<PostgresDatabase>((clustering, database) =>
        {
            clustering.Invariant = "Npgsql";
            clustering.DataSource = database.Source;
        });
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ServiceId = "controlplane";
            cluster.ClusterId = options.Region.Name;
        });
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = address.Address;
            endpoints.SiloPort = address.Port;
            endpoints.SiloListeningEndpoint = address;
            endpoints.GatewayPort = 0;
        });
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // Not adapted to what was measured: a silo that hangs would be probed several times as long.
            membership.ProbeTimeout = membership.MinProbeTimeout = membership.MaxProbeTimeout = ProbePeriod;
            membership.NumMissedProbesLimit = 3;
            membership.NumVotesForDeathDeclaration = 2;
            membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
            membership.IAmAliveTablePublishTimeout = SignOfLife;
            membership.NumMissedTableIAmAliveLimit = 3;
            membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
            membership.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
        });
        SiloTls.Use(silo, options);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private sealed class Membership(ILocalSiloDetails self, IClusterMembershipService membership) : IClusterInfo
    {
        public string Self { get; } = self.SiloAddress.ToParsableString();

        public IReadOnlyCollection<string> Members =>
            [.. membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active)
                .Select(member => member.SiloAddress.ToParsableString())];
    }

    private sealed class Lifetime(GrainsReady ready, IClusterMembershipService membership, TimeProvider time) : ILifecycleParticipant<ISiloLifecycle>
    {
        // While silos join, the directory of grains is handed over between them: a start of all at once is easier on it when the grains come after that.
        private static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(500);
        private const int MostChanges = 10;

        public void Participate(ISiloLifecycle observer) =>
            observer.Subscribe(nameof(GrainsReady), ServiceLifecycleStage.Active, async cancellationToken =>
            {
                MembershipVersion seen = MembershipVersion.MinValue;
                for (int i = 0; i < MostChanges && seen != membership.CurrentSnapshot.Version && membership.CurrentSnapshot.Members.Count > 1; i++)
                {
                    seen = membership.CurrentSnapshot.Version;
                    await Task.Delay(Settled, time, cancellationToken);
                }
                ready.Set();
            });
    }
}
#endif
