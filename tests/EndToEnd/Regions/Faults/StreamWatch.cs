using System.Net;
using System.Net.Sockets;
using ControlPlane.Tests.Conformance.Client;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>A delta stream of a region's endpoints, which is opened again with what is known when it ends.</summary>
internal sealed class StreamWatch(FaultedRegion region, Observer observer)
{
    private const string Assignments = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly Dictionary<string, string> serviceOf = Services.All.ToDictionary(Services.ClusterOf);
    private readonly Dictionary<string, string> versions = [];
    private Life life = region.Life;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            // Before the connection: it is to a process of this life, or of a later one.
            if (region.Life is var now && now != life)
            {
                life = now;
                observer.Restarted(life.Loss);
            }
            try
            {
                await using H2Connection connection = await H2Connection.OpenAsync(new IPEndPoint(IPAddress.Loopback, region.ControlPlane.XdsPort));
                await using CancellationTokenRegistration stop = cancellationToken.Register(connection.Close);
                await ReadAsync(connection);
            }
            catch (Exception ended) when (ended is SocketException or IOException or InvalidOperationException or ObjectDisposedException)
            {
                // As long as the region is down.
            }
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task ReadAsync(H2Connection connection)
    {
        var node = new Node { Id = $"probe-{region.Name}", Cluster = "probe", Metadata = Struct.Parser.ParseJson($$$"""{"controlplane": {"kind": "sidecar", "cluster": "{{{region.Name}}}"}}""") };
        var stream = (DeltaStream)await XdsStream.OpenAsync(connection, isDelta: true, node);
        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Assignments, ResourceNamesSubscribe = { serviceOf.Keys }, InitialResourceVersions = { versions } });
        while (true)
        {
            Answer answer;
            try
            {
                answer = await stream.NextAsync();
            }
            catch (TimeoutException)
            {
                // Nothing has changed for a while.
                continue;
            }
            Take(answer);
            await stream.AckAsync(answer);
        }
    }

    private void Take(Answer answer)
    {
        foreach (AnswerItem item in answer.Items)
        {
            versions[item.Name] = item.Version;
            ClusterLoadAssignment assignment = ClusterLoadAssignment.Parser.WithDiscardUnknownFields(true).ParseFrom(item.Content);
            observer.See(serviceOf[item.Name], assignment.Endpoints.SelectMany(locality => locality.LbEndpoints).Where(endpoint => FaultedRegion.IsServing(endpoint.HealthStatus.ToString())).Select(Read));
        }
        foreach (string name in answer.Removed)
        {
            versions.Remove(name);
            observer.See(serviceOf[name], []);
        }
    }

    private static (int Port, string Text) Read(LbEndpoint endpoint)
    {
        Envoy.Config.Core.V3.SocketAddress address = endpoint.Endpoint.Address.SocketAddress;
        return ((int)address.PortValue, FaultedRegion.Text(address.Address, (int)address.PortValue));
    }
}
