#if ORLEANS
using System.Net;
using System.Net.Sockets;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Storage;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;

namespace ControlPlane.Silo.Engine;

/// <summary>Runs the grains in an Orleans silo. One process forms a cluster of one.</summary>
internal static class GrainEngine
{
    public const string Name = "Orleans";

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddKeyedSingleton<IGrainStorage, GrainStateStorage>(GrainStateStorage.Name);
        builder.Services.AddSingleton<IClusterInfo, Membership>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, Lifetime>();
        builder.UseOrleans(silo =>
        {
            // A cluster of one needs no fixed port, and so any number of them run side by side.
            int port = FreePort();
            silo.UseLocalhostClustering(port, gatewayPort: 0, new IPEndPoint(IPAddress.Loopback, port));
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(5));
        });
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

    private sealed class Lifetime(GrainsReady ready) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle observer) =>
            observer.Subscribe(nameof(GrainsReady), ServiceLifecycleStage.Active, _ =>
            {
                ready.Set();
                return Task.CompletedTask;
            });
    }
}
#endif
