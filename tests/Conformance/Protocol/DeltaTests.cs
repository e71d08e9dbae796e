using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using Envoy.Service.Discovery.V3;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class DeltaTests
{
    private const string Routes = TypeUrls.RouteConfiguration;

    [Fact]
    public async Task X19_RequestWithoutNonce_AcknowledgesNothing()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Route("r1", 1));
        var stream = (DeltaStream)await host.OpenAsync(isDelta: true);
        await stream.SubscribeAsync(Routes, "r1");
        Answer first = await stream.NextAsync();

        await stream.SendAsync(new DeltaDiscoveryRequest { TypeUrl = Routes });
        host.Put(Make.Route("r1", 2));
        await stream.ShouldBeQuietAsync();

        await stream.AckAsync(first);
        (await stream.TakeAsync(Routes)).Names.ShouldBe(["r1"]);
    }

    [Fact]
    public async Task X20_NameInALaterSubscribe_IsReturnedThoughKnown()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Route("r1", 1));
        XdsStream stream = await host.OpenAsync(isDelta: true);
        await stream.SubscribeAsync(Routes, "r1");
        Answer first = await stream.TakeAsync(Routes);

        await stream.SubscribeAsync(Routes, "r1");

        Answer again = await stream.TakeAsync(Routes);
        again["r1"].Version.ShouldBe(first["r1"].Version);
    }

    [Fact]
    public async Task X21_MissingName_IsRemoved_AndWatched()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta: true);

        for (int number = 1; number < 3; number++)
        {
            await stream.SubscribeAsync(Routes, "r1");
            Answer missing = await stream.TakeAsync(Routes);
            missing.Names.ShouldBeEmpty();
            missing.Removed.ShouldBe(["r1"]);
            host.Put(Make.Route("r1", number));
            (await stream.TakeAsync(Routes)).Names.ShouldBe(["r1"]);
            host.Remove(Routes, "r1");
            (await stream.TakeAsync(Routes)).Removed.ShouldBe(["r1"]);
        }
    }

    [Fact]
    public async Task X22_Unsubscribe_OfWhatIsNotSubscribedTo_OrAlone_IsNotAnswered()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Route("r1", 1), Make.Cluster("c1"));
        XdsStream stream = await host.OpenAsync(isDelta: true);
        await stream.SubscribeAsync(Routes, "r1");
        await stream.TakeAsync(Routes);
        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);

        await stream.UnsubscribeAsync(Routes, "phantom");
        await stream.UnsubscribeAsync(TypeUrls.Cluster, "phantom");
        await stream.UnsubscribeAsync(Routes, "r1");
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Route("r1", 2));

        await stream.ShouldBeQuietAsync();
    }

    [Fact]
    public async Task X24_VirtualHost_IsFoundByItsAlias()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Plain(TypeUrls.VirtualHost, "rc/shop", 1, aliases: ["rc/shop.example", "rc/www.shop.example"]));
        XdsStream stream = await host.OpenAsync(isDelta: true);

        await stream.SubscribeAsync(TypeUrls.VirtualHost, "rc/shop.example", "rc/www.shop.example");
        Answer first = await stream.TakeAsync(TypeUrls.VirtualHost);
        first.Items.ShouldHaveSingleItem().Aliases.ShouldBe(["rc/shop.example", "rc/www.shop.example"]);
        host.Put(Make.Plain(TypeUrls.VirtualHost, "rc/shop", 2, aliases: ["rc/shop.example"]));

        (await stream.TakeAsync(TypeUrls.VirtualHost)).Names.ShouldBe(["rc/shop"]);
        await stream.SubscribeAsync(TypeUrls.VirtualHost, "rc/none.example");
        AnswerItem none = (await stream.TakeAsync(TypeUrls.VirtualHost)).Items.ShouldHaveSingleItem();
        (none.Name, none.Aliases.Single(), none.ContentType).ShouldBe(("rc/none.example", "rc/none.example", ""));
    }
}
