using System.Net;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;
using static ControlPlane.Tests.EndToEnd.Sources.CloudFoundryWatch;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>A foundation by its routes, with the names that its Cloud Controller has for them: a real NATS server, and a stand-in.</summary>
public sealed class CloudFoundryBothTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private CloudControllerStandIn controller = null!;
    private NatsServer nats = null!;
    private Registrar registrar = null!;

    public async ValueTask InitializeAsync()
    {
        controller = await CloudControllerStandIn.StartAsync();
        folder.Write("secret", controller.Secret);
        controller.Foundation.Push("cart", metadata: """{"labels": {"team": "red"}, "annotations": {}}""");
        controller.Foundation.Map("cart", "basket.apps.example.com");
        controller.Foundation.Run("cart", 0, "10.0.1.1", 61001, more: """ "instance_guid": "i-0" """);
        nats = await NatsServer.StartAsync();
        registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("basket.apps.example.com", "10.0.1.1", 61001, "cart-guid", "i-0", more: """ "availability_zone": "eu-b" """));
        await registrar.KeepAsync("uaa", Registrar.Message("uaa.sys.example.com", "10.0.0.2", 8443));
    }

    public async ValueTask DisposeAsync()
    {
        await registrar.DisposeAsync();
        await nats.DisposeAsync();
        await controller.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Instances_OfRoutesHaveTheNamesOfTheirApps()
    {
        Foundation cf = controller.Foundation;
        cf.Push("api");
        cf.Map("api", "api.apps.example.com", 9000, "http2");
        cf.Map("api", "api2.apps.example.com", 8080);
        await registrar.KeepAsync("api", Registrar.Message("api.apps.example.com", "10.0.1.2", 61009, "api-guid", "i-1", more: """ "protocol": "http2" """));
        await registrar.KeepAsync("api2", Registrar.Message("api2.apps.example.com", "10.0.1.2", 61008, "api-guid", "i-1"));
        await using WatchedSource source = Watch(Settings(), mapping: SourceMapping.Default with { Service = "{service}-{label.team|none}" });
        await source.LiveAsync();

        source.Endpoints("cart-red").ShouldBe("10.0.1.1:61001 Healthy");
        ServicePart cart = source.Find("cart-red")!;
        cart.Service.Namespace.ShouldBe("prod");
        cart.Ports.ShouldBe([new ServicePort("", 80, Protocol.Http)]);
        (cart.Endpoints[0].Workload, cart.Endpoints[0].Locality).ShouldBe(("shop/prod/cart/0", new Locality("eu", "eu-b")));
        source.Find("api-none")!.Ports.ShouldBe([new ServicePort("", 8080, Protocol.Http), new ServicePort("", 9000, Protocol.Http2)]);
        source.Endpoints("api-none").ShouldBe("10.0.1.2:61008+0 Healthy, 10.0.1.2:0+61009 Healthy");
        // Parts of the platform are nobody's app.
        source.Services.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Health_IsThatOfTheControllerUnlessTheRouteIsNewer()
    {
        await using WatchedSource source = Watch(Settings());
        await source.LiveAsync();
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy");

        controller.Foundation.Run("cart", 0, "10.0.1.1", 61001, "CRASHED", """ "instance_guid": "i-0" """);
        await UntilAsync(source, "cart", "10.0.1.1:61001 Unhealthy");
        controller.Foundation.Run("cart", 0, "10.0.1.1", 61001, "STOPPING", """ "instance_guid": "i-0" """);
        await UntilAsync(source, "cart", "10.0.1.1:61001 Draining");
        // The next container has the same number, and is another.
        await registrar.UnregisterAsync("0");
        await registrar.KeepAsync("0", Registrar.Message("basket.apps.example.com", "10.0.1.3", 61003, "cart-guid", "i-2"));
        await UntilAsync(source, "cart", "10.0.1.3:61003 Healthy");
        controller.Foundation.SetState("cart", "STOPPED");
        await UntilAsync(source, "cart", "");
        controller.Foundation.SetState("cart", "STARTED");
        await UntilAsync(source, "cart", "10.0.1.3:61003 Healthy");
    }

    [Fact]
    public async Task App_ThatIsNew_IsAskedForAtOnce()
    {
        await using WatchedSource source = Watch(Settings(), rest: TimeSpan.FromMinutes(10));
        await source.LiveAsync();

        controller.Foundation.Push("web");
        await registrar.KeepAsync("web", Registrar.Message("web.apps.example.com", "10.0.1.5", 61005, "web-guid"));

        await UntilAsync(source, "web", "10.0.1.5:61005 Healthy");
        await registrar.KeepAsync("web2", Registrar.Message("web.apps.example.com", "10.0.1.6", 61006, "web-guid", index: 1));
        await UntilAsync(source, "web", "10.0.1.5:61005 Healthy, 10.0.1.6:61006 Healthy");
        await registrar.UnregisterAsync("web");
        await UntilAsync(source, "web", "10.0.1.6:61006 Healthy");
    }

    [Fact]
    public async Task Controller_ThatFails_IsAProblemAndRoutesGoOn()
    {
        await using WatchedSource source = Watch(Settings());
        await source.LiveAsync();

        await controller.StopAsync();
        await ProblemAsync(source, $"the Cloud Controller at 127.0.0.1:{controller.Address.Port} cannot be reached: Connection refused");
        await registrar.KeepAsync("1", Registrar.Message("basket.apps.example.com", "10.0.1.2", 61002, "cart-guid", "i-1", 1));
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.2:61002 Healthy");
        await registrar.UnregisterAsync("0");
        await UntilAsync(source, "cart", "10.0.1.2:61002 Healthy");
        // Even when NATS is away meanwhile.
        await nats.RestartAsync();
        await Eventually.Until(() => source.State == SourceState.Stale);
        await source.LiveAsync();
        await controller.StartAgainAsync();

        await Eventually.Until(() => source.Problems.IsEmpty, state: () => string.Join("; ", source.Problems));
        source.Endpoints("cart").ShouldBe("10.0.1.2:61002 Healthy");
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Controller_ThatFailsAtTheStart_IsTheReason()
    {
        await using FaultProxy proxy = await FaultProxy.StartAsync(controller.Address);
        proxy.Fault = Fault.Answer(HttpStatusCode.BadGateway, "502 Bad Gateway").For(request => request.Path == "/v3/routes");
        await using WatchedSource source = Watch(Settings(proxy.Address));
        await StaleAsync(source, "answers 502 to routes: it failed");

        proxy.Fault = Fault.None;

        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
    }

    [Fact]
    public async Task Nats_ThatIsLost_TakesNothingAway()
    {
        await using WatchedSource source = Watch(Settings());
        await source.LiveAsync();

        await nats.KillAsync();
        await StaleAsync(source, $"NATS at 127.0.0.1:{nats.Port} cannot be reached");
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        await nats.RestartAsync();

        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        source.Removals.ShouldBeEmpty();
    }

    private CloudFoundrySettings Settings(Uri? api = null) => new() { Api = Client(api ?? controller.Address, folder.File("secret")), Nats = Nats(nats) };
}
