using ControlPlane.Tests.Conformance.Hosting;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Conformance.RealEnvoy;

public sealed class EnvoyTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task T1_Envoy_IsConfiguredAndFollowsAnEndpoint(bool isDelta)
    {
        await using Backend first = await Backend.StartAsync();
        await using Backend second = await Backend.StartAsync();
        await using XdsHost host = await XdsHost.StartAsync();
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, host.Address);
        PutAll(host, envoy, first.Port);

        await envoy.UntilServedAsync();
        await first.DisposeAsync();
        host.Put(Make.Assignment("c1", second.Port));

        await envoy.UntilServedAsync();
        ProxyStatus status = (await host.Registry.ReadAsync()).ShouldHaveSingleItem();
        status.Node.ShouldBe("envoy-1");
        status.UserAgent.ShouldBe("envoy");
        status.IsDelta.ShouldBe(isDelta);
        status.Types.Sum(type => type.Rejected).ShouldBe(0);
        (await envoy.StatAsync("cluster_manager.cds.update_rejected")).ShouldBe(0);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T4a_ServerThatStops_HandsItsEnvoyOver(bool isDelta)
    {
        await using Backend backend = await Backend.StartAsync();
        await using XdsHost one = await XdsHost.StartAsync();
        await using XdsHost other = await XdsHost.StartAsync();
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, one.Address, other.Address);
        PutAll(one, envoy, backend.Port);
        PutAll(other, envoy, backend.Port);
        await envoy.UntilServedAsync();
        (XdsHost first, XdsHost second) = one.Registry.Count == 1 ? (one, other) : (other, one);
        second.Registry.Count.ShouldBe(0);

        await first.StopAsync();

        await second.UntilAsync(status => status.Node == "envoy-1");
        first.Registry.Count.ShouldBe(0);
        second.Put(Make.Cluster("c2"), Make.Assignment("c2", backend.Port));
        await Eventually.Until(() => envoy.HasClusterAsync("c2"));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X10a_FreshServerThatKnowsNothing_TakesNothingFromAnEnvoy(bool isDelta)
    {
        await using Backend backend = await Backend.StartAsync();
        XdsHost before = await XdsHost.StartAsync();
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, before.Address);
        PutAll(before, envoy, backend.Port);
        before.Put(Make.Cluster("c2"), Make.Assignment("c2", backend.Port));
        await envoy.UntilServedAsync();
        await before.DisposeAsync();

        await using XdsHost after = await XdsHost.StartAsync(Completeness.Waiting, address: before.Address);
        await after.UntilAsync(status => status.Types.Length >= 4);
        (await envoy.RequestAsync()).ShouldBe(200);
        after.SetAll(Completeness.Partial);
        await after.UntilAsync(status => status.Types.Length >= 4);
        (await envoy.RequestAsync()).ShouldBe(200);
        PutAll(after, envoy, backend.Port);
        after.SetAll(Completeness.Complete);

        // Only now is what is not there known to be gone.
        await Eventually.Until(async () => !await envoy.HasClusterAsync("c2"));
        (await envoy.RequestAsync()).ShouldBe(200);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X14_X23_EnvoyThatComesBack_IsSentNothingAgain_AndNewClustersAsBefore(bool isDelta)
    {
        await using Backend backend = await Backend.StartAsync();
        await using XdsHost host = await XdsHost.StartAsync();
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, host.Address);
        PutAll(host, envoy, backend.Port);
        await envoy.UntilServedAsync();
        DateTimeOffset before = (await host.UntilAsync(status => status.Types.Length >= 4)).ConnectedAt;

        await host.ExpireAllAsync();

        ProxyStatus again = await host.UntilAsync(
            status => status.ConnectedAt > before && status.Types.Length >= 4 && status.Types.All(type => type.AwaitingAnswerSince is null));
        again.Types.Where(type => isDelta || type.TypeUrl is TypeUrls.Cluster or TypeUrls.Listener).Sum(type => type.Responses).ShouldBe(0);
        host.Put(Make.Cluster("c2"), Make.Assignment("c2", backend.Port), Gateway.Route("c2"));
        await Eventually.Until(() => envoy.HasClusterAsync("c2"));
        await Eventually.Until(async () => await envoy.StatAsync("cluster.c2.upstream_rq_total") > 0 || await envoy.RequestAsync() == 0);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X27_ChangedCluster_AndOneThatComesBack_AreWarmAtOnce(bool isDelta)
    {
        await using Backend backend = await Backend.StartAsync();
        await using XdsHost host = await XdsHost.StartAsync();
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, host.Address);
        PutAll(host, envoy, backend.Port);
        host.Put(Make.Cluster("c2"), Make.Assignment("c2", backend.Port));
        await envoy.UntilServedAsync();

        host.Put(Make.Cluster("c1", 2));
        await UntilWarmAsync("\"connect_timeout\": \"2s\"");
        host.Remove(TypeUrls.Cluster, "c2");
        await Eventually.Until(async () => !await envoy.HasClusterAsync("c2"));
        host.Put(Make.Cluster("c2", 3));
        await UntilWarmAsync("\"connect_timeout\": \"3s\"");

        (await envoy.StatAsync("cluster.c1.init_fetch_timeout")).ShouldBe(0);
        (await envoy.StatAsync("cluster.c2.init_fetch_timeout")).ShouldBe(0);

        // Envoy gives up waiting after 15 s.
        async Task UntilWarmAsync(string text)
        {
            await Eventually.Until(async () => (await envoy.DumpAsync("dynamic_active_clusters")).Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(10));
            await host.UntilAsync(status => status.Types.All(type => type.AwaitingAnswerSince is null), TimeSpan.FromSeconds(10));
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X27a_ClusterWithoutAssignment_DoesNotDelayTheStart(bool isDelta)
    {
        await using Backend backend = await Backend.StartAsync();
        await using XdsHost host = await XdsHost.StartAsync();
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, host.Address);
        host.Put(Make.Cluster("none"));
        PutAll(host, envoy, backend.Port);

        await Eventually.Until(async () => await envoy.RequestAsync() == 200, TimeSpan.FromSeconds(10));
        host.Put(Make.Cluster("none-either"));
        await Eventually.Until(
            async () => (await envoy.DumpAsync("dynamic_active_clusters")).Contains("none-either", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X27b_X30_ClusterThatNeverWarms_Shows_HoldsNoEndpoints_AndCanBeMended(bool isDelta)
    {
        await using Backend first = await Backend.StartAsync();
        await using Backend second = await Backend.StartAsync();
        await using XdsHost host = await XdsHost.StartAsync(configure: options => options.ClusterPatience = TimeSpan.FromSeconds(2));
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, host.Address);
        PutAll(host, envoy, first.Port);
        await envoy.UntilServedAsync();

        host.Put(Gateway.BrokenRing("bad"), Make.Assignment("bad", first.Port));
        await host.UntilAsync(status => Clusters(status).Rejections.Any(rejection => rejection.Resources.Contains("bad")) || Clusters(status).AwaitingAnswerFor.Contains("bad"));
        host.Put(Make.Cluster("c3"), Make.Assignment("c3", first.Port));
        await host.UntilAsync(status => Clusters(status).AwaitingAnswerSince is not null);
        await first.DisposeAsync();
        host.Put(Make.Assignment("c1", second.Port));
        await envoy.UntilServedAsync();
        host.Put(Make.Cluster("bad"));

        await Eventually.Until(() => envoy.HasClusterAsync("bad"));
        await host.UntilAsync(status => Clusters(status).AwaitingAnswerSince is null);
        (await envoy.StatAsync("cluster_manager.warming_clusters")).ShouldBe(0);

        static TypeStatus Clusters(ProxyStatus status) => status.Types.Single(type => type.TypeUrl == TypeUrls.Cluster);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X29_TrafficThatMovesToAnotherCluster_LosesNoRequest(bool isDelta)
    {
        await using Backend backend = await Backend.StartAsync();
        await using XdsHost host = await XdsHost.StartAsync();
        await using EnvoyProxy envoy = EnvoyProxy.Start(isDelta, host.Address);
        PutAll(host, envoy, backend.Port);
        await envoy.UntilServedAsync();
        var bad = new List<int>();
        using var done = new CancellationTokenSource();
        Task load = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                int status = await envoy.RequestAsync();
                if (status != 200)
                {
                    bad.Add(status);
                }
            }
        });

        for (int i = 1; i <= 5; i++)
        {
            string old = $"c{i}";
            string next = $"c{i + 1}";
            host.Put(Make.Cluster(next), Make.Assignment(next, backend.Port));
            host.Remove(TypeUrls.Cluster, old);
            host.Remove(TypeUrls.ClusterLoadAssignment, old);
            host.Put(Gateway.Route(next));
            await Eventually.Until(async () => !await envoy.HasClusterAsync(old));
        }

        await done.CancelAsync();
        await load;
        bad.ShouldBeEmpty();
    }

    private static void PutAll(XdsHost host, EnvoyProxy envoy, int port) =>
        host.Put(Make.Cluster("c1"), Make.Assignment("c1", port), Gateway.Listener(envoy.ListenerPort), Gateway.Route("c1"));
}
