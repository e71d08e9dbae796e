using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using Envoy.Config.Core.V3;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class StatusTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task X27b_Status_SaysWhoIsConnected_AndWhereItStands(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"), Make.Cluster("c2"), Make.Route("r1", 1));
        XdsStream stream = await host.OpenAsync(isDelta, new Node { Id = "n1", Cluster = "web", Locality = new Locality { Region = "r", Zone = "z" } });
        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);
        await stream.SubscribeAsync(TypeUrls.RouteConfiguration, "r1", "r-none");
        Answer routes = await stream.NextAsync();

        ProxyStatus status = (await host.Registry.ReadAsync()).ShouldHaveSingleItem();

        (status.Node, status.Cluster, status.Kind, status.Region, status.Zone, status.IsDelta).ShouldBe(("n1", "web", "sidecar", "r", "z", isDelta));
        status.Remote.ShouldStartWith("127.0.0.1:");
        TypeStatus clusters = status.Types.Single(type => type.TypeUrl == TypeUrls.Cluster);
        (clusters.IsWildcard, clusters.Named, clusters.Known, clusters.Responses, clusters.Accepted).ShouldBe((true, 0, 2, 1, 1));
        clusters.AwaitingAnswerSince.ShouldBeNull();
        TypeStatus named = status.Types.Single(type => type.TypeUrl == TypeUrls.RouteConfiguration);
        (named.IsWildcard, named.Named, named.Known).ShouldBe((false, 2, 1));
        named.Missing.ShouldBe(["r-none"]);
        named.AwaitingAnswerSince.ShouldNotBeNull();
        named.AwaitingAnswerFor.ShouldBe(routes.Names);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X6_Rejection_NamesResourceAndOrigin_InTheWordsOfTheProxy(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1", 1, "a.yaml:3"), Make.Cluster("c10", 1, "b.yaml:7"), Make.Cluster("c2", 1, "c.yaml:1"));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(TypeUrls.Cluster);

        await stream.NackAsync(await stream.NextAsync(), "Error adding/updating cluster(s) c10: no, c2: neither");
        await stream.ShouldBeQuietAsync();

        Rejection rejection = (await host.Registry.ReadAsync()).Single().Types[0].Rejections.ShouldHaveSingleItem();
        rejection.Message.ShouldBe("Error adding/updating cluster(s) c10: no, c2: neither");
        rejection.Resources.Order().ShouldBe(["c10", "c2"]);
        rejection.Origins.Order().ShouldBe(["b.yaml:7", "c.yaml:1"]);
        rejection.IsExact.ShouldBeTrue();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task X6_RejectionThatNamesNothing_ShowsAllOfTheResponse(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1", 1, "a.yaml:3"), Make.Cluster("c2", 1, "a.yaml:3"));
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(TypeUrls.Cluster);

        await stream.NackAsync(await stream.NextAsync(), "Invalid duration");
        await stream.ShouldBeQuietAsync();

        Rejection rejection = (await host.Registry.ReadAsync()).Single().Types[0].Rejections.ShouldHaveSingleItem();
        rejection.Resources.Order().ShouldBe(["c1", "c2"]);
        rejection.Origins.ShouldBe(["a.yaml:3"]);
        rejection.IsExact.ShouldBeFalse();
    }
}
