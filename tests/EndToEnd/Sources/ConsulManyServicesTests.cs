using ControlPlane.Adapters.Consul;
using ControlPlane.Adapters.Consul.Access;
using ControlPlane.Adapters.Consul.Client;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>More services than have a query of their own, against Consul.</summary>
public sealed class ConsulManyServicesTests
{
    private const string Node = "\"Node\": \"n1\", \"Address\": \"10.0.0.1\"";

    [Fact]
    public async Task Services_WithoutAQueryOfTheirOwn_AreFollowedToo()
    {
        await using ConsulServer consul = await ConsulServer.StartAsync();
        for (int i = 0; i < 6; i++)
        {
            await consul.RegisterAsync($"web{i}", $"web{i}-1", "10.0.1.1", 8000 + i);
        }
        await consul.RegisterExternalAsync($$"""{{{Node}}, "Service": {"Service": "zoo", "ID": "zoo-1", "Port": 9000} }""");
        await using WatchedSource source = Watch(consul.Address);
        await source.LiveAsync();
        source.Services.Count.ShouldBe(7);

        await consul.RegisterAsync("web5", "web5-1", "10.0.1.2", 8005);
        await UntilAsync(source, "web5", "10.0.1.2:8005 Healthy");
        await consul.SetCheckAsync("web5-1", "fail");
        await UntilAsync(source, "web5", "10.0.1.2:8005 Unhealthy");
        await consul.SetCheckAsync("web5-1", "pass");
        await UntilAsync(source, "web5", "10.0.1.2:8005 Healthy");
        await consul.RegisterExternalAsync($$"""{{{Node}}, "Service": {"Service": "zoo", "ID": "zoo-1", "Port": 9000, "Weights": {"Passing": 5, "Warning": 1} } }""");
        await Eventually.Until(() => source.Find("zoo")!.Endpoints[0].Weight == 5);
        // Neither the list of services nor any check changes: the node alone does.
        await consul.RegisterExternalAsync("""{"Node": "n1", "Address": "10.0.0.2"}""");
        await UntilAsync(source, "zoo", "10.0.0.2:9000 Healthy");
        await consul.RegisterAsync("zzz", "zzz-1", "10.0.1.3", 8100);
        await UntilAsync(source, "zzz", "10.0.1.3:8100 Healthy");
        await consul.DeregisterAsync("zzz-1");
        await UntilAsync(source, "zzz", "");
        // What had a query of its own makes room for another.
        await consul.DeregisterAsync("web0-1");
        await UntilAsync(source, "web0", "");
        foreach (int i in (int[])[1, 2, 3, 4, 5])
        {
            await consul.RegisterAsync($"web{i}", $"web{i}-1", "10.0.2.1", 8000 + i);
            await UntilAsync(source, $"web{i}", $"10.0.2.1:{8000 + i} Healthy");
        }
        source.State.ShouldBe(SourceState.Live);
    }

    // Nothing is looked at just because time has passed: each change is noticed by itself.
    private static WatchedSource Watch(Uri address)
    {
        var times = new ConsulTimes { OwnQueries = 2, Sweep = TimeSpan.FromMinutes(10) };
        var client = new ConsulClient(new ConsulAccess { Address = address }, times, TimeProvider.System, null);
        return new WatchedSource(new InstanceAdapter(
            new ConsulRegistry(client, times, TimeProvider.System), "consul/dc1", OneCluster.Name, SourceMapping.Default, new OneCluster()));
    }

    private static Task UntilAsync(WatchedSource source, string service, string expected) =>
        Eventually.Until(() => source.Endpoints(service) == expected, state: () => $"{source.Endpoints(service)}; {source.State} {source.Reason}");
}
