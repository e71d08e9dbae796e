using System.Net;
using ControlPlane.Adapters.Consul;
using ControlPlane.Adapters.Consul.Access;
using ControlPlane.Adapters.Consul.Client;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>The Consul source, against Consul.</summary>
public sealed class ConsulTests
{
    [Fact]
    public async Task Instances_ComeChangeAndGo()
    {
        await using ConsulServer consul = await ConsulServer.StartAsync();
        await consul.RegisterAsync("web", "web-1", "10.0.0.1", 8001, more: """ "Tags": ["http"], "Meta": {"version": "2"}, "Weights": {"Passing": 7, "Warning": 2} """);
        await using WatchedSource source = Watch(consul.Address);
        await source.LiveAsync();
        source.Endpoints("web").ShouldBe("10.0.0.1:8001 Healthy");
        ServicePart web = source.Find("web")!;
        web.Service.ShouldBe(new ServiceId("default", "default", "web"));
        web.Ports.ShouldBe([new ServicePort("", 80, Protocol.Http)]);
        (web.Endpoints[0].Weight, web.Endpoints[0].Workload, web.Endpoints[0].Locality).ShouldBe((7, "dev1/web-1", new Locality("eu", "eu-a")));
        source.Find("consul").ShouldBeNull();

        await consul.RegisterAsync("web", "web-2", "10.0.0.2", 8002, more: """ "Tags": ["http"] """);
        await UntilAsync(source, "web", "10.0.0.1:8001 Healthy, 10.0.0.2:8002 Healthy");
        await consul.RegisterAsync("web", "web-2", "10.0.0.3", 8003, more: """ "Tags": ["http"] """);
        await UntilAsync(source, "web", "10.0.0.1:8001 Healthy, 10.0.0.3:8003 Healthy");
        await consul.SetCheckAsync("web-1", "warn");
        await UntilAsync(source, "web", "10.0.0.1:8001 Degraded, 10.0.0.3:8003 Healthy");
        source.Find("web")!.Endpoints[0].Weight.ShouldBe(2);
        await consul.SetCheckAsync("web-1", "fail");
        await UntilAsync(source, "web", "10.0.0.1:8001 Unhealthy, 10.0.0.3:8003 Healthy");
        await consul.SetCheckAsync("web-1", "pass");
        await consul.SetMaintenanceAsync("web-1", isOn: true);
        await UntilAsync(source, "web", "10.0.0.1:8001 Draining, 10.0.0.3:8003 Healthy");
        await consul.DeregisterAsync("web-1");
        await UntilAsync(source, "web", "10.0.0.3:8003 Healthy");
        await consul.DeregisterAsync("web-2");
        await UntilAsync(source, "web", "");
        source.State.ShouldBe(SourceState.Live);
    }

    [Fact]
    public async Task Instance_OfANodeWithoutAnAgent_HasItsAddressAndZone()
    {
        await using ConsulServer consul = await ConsulServer.StartAsync();
        await consul.RegisterExternalAsync("""
            {"Node": "legacy", "Address": "10.9.0.1", "NodeMeta": {"region": "us", "zone": "us-b"}, "Service": {"Service": "db", "ID": "db", "Port": 5432}}
            """);

        await using WatchedSource source = Watch(consul.Address);
        await source.LiveAsync();

        source.Endpoints("db").ShouldBe("10.9.0.1:5432 Healthy");
        source.Find("db")!.Endpoints[0].Locality.ShouldBe(new Locality("us", "us-b"));
    }

    [Fact]
    public async Task Weight_OfZeroInAWarning_GetsNothing()
    {
        await using ConsulServer consul = await ConsulServer.StartAsync();
        await consul.RegisterAsync("web", "web-1", "10.0.0.1", 8001, more: """ "Weights": {"Passing": 7, "Warning": 0} """);
        await using WatchedSource source = Watch(consul.Address);
        await source.LiveAsync();
        source.Endpoints("web").ShouldBe("10.0.0.1:8001 Healthy");

        await consul.SetCheckAsync("web-1", "warn");

        await UntilAsync(source, "web", "10.0.0.1:8001 Unhealthy");
    }

    [Fact]
    public async Task Servers_WithoutALeader_AreStaleMeanwhile()
    {
        await using ConsulServer consul = await ConsulServer.StartAsync();
        await consul.RegisterAsync("web", "web-1", "10.0.0.1", 8001);
        await using FaultProxy proxy = await FaultProxy.StartAsync(consul.Address);
        await using WatchedSource source = Watch(proxy.Address);
        await source.LiveAsync();

        proxy.Fault = Fault.Answer(HttpStatusCode.InternalServerError, "No cluster leader");
        await Eventually.Until(() => source.State == SourceState.Stale && source.Reason.Contains("its servers have no leader", StringComparison.Ordinal), state: () => source.Reason);
        source.Endpoints("web").ShouldBe("10.0.0.1:8001 Healthy");
        proxy.Fault = Fault.None;

        await source.LiveAsync();
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Server_ThatStartsAnew_IsFollowedThoughItsIndexGoesBackwards()
    {
        await using ConsulServer consul = await ConsulServer.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            await consul.RegisterAsync("web", "web-1", $"10.0.0.{i + 1}", 8001);
        }
        await using WatchedSource source = Watch(consul.Address);
        await source.LiveAsync();

        await consul.RestartAsync();
        await consul.RegisterAsync("web", "web-1", "10.0.1.1", 8001);

        await UntilAsync(source, "web", "10.0.1.1:8001 Healthy");
        await source.LiveAsync();
    }

    private static WatchedSource Watch(Uri address)
    {
        var times = new ConsulTimes
        {
            Request = TimeSpan.FromSeconds(2), Wait = TimeSpan.FromSeconds(2), BackOff = TimeSpan.FromMilliseconds(20), MaxBackOff = TimeSpan.FromMilliseconds(200), Tries = 2,
        };
        var client = new ConsulClient(new ConsulAccess { Address = address }, times, TimeProvider.System, null);
        return new WatchedSource(new InstanceAdapter(
            new ConsulRegistry(client, times, TimeProvider.System), "consul/dc1", OneCluster.Name, SourceMapping.Default, new OneCluster()));
    }

    private static Task UntilAsync(WatchedSource source, string service, string expected) =>
        Eventually.Until(() => source.Endpoints(service) == expected, state: () => $"{source.Endpoints(service)}; {source.State} {source.Reason}");
}
