using System.Net;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;
using static ControlPlane.Tests.EndToEnd.Sources.CloudFoundryWatch;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>A foundation by its Cloud Controller alone; which is a stand-in, see <see cref="CloudControllerStandIn"/>.</summary>
public sealed class CloudFoundryTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private CloudControllerStandIn controller = null!;

    public static TheoryData<string, string> Faults() => new()
    {
        { "not a controller", "is this the address of a Cloud Controller" },
        { "failing", "it failed (CF-ServiceUnavailable: the database is away)" },
        { "no apps", "the pages of apps do not fit each other" },
        { "second page is garbage", "the answer to apps cannot be read" },
        { "stats of one", "answers 503 to processes/stats" },
    };

    public async ValueTask InitializeAsync()
    {
        controller = await CloudControllerStandIn.StartAsync();
        folder.Write("secret", controller.Secret);
        controller.Foundation.Push("cart");
        controller.Foundation.Map("cart", "cart.apps.example.com");
        controller.Foundation.Run("cart", 0, "10.0.1.1", 61001);
    }

    public async ValueTask DisposeAsync()
    {
        await controller.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Apps_ComeChangeAndGo()
    {
        await using WatchedSource source = Watch(Settings());
        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        ServicePart cart = source.Find("cart")!;
        cart.Service.ShouldBe(new ServiceId("default", "prod", "cart"));
        cart.Ports.ShouldBe([new ServicePort("", 80, Protocol.Http)]);
        (cart.Endpoints[0].Workload, cart.Endpoints[0].Cluster, cart.Endpoints[0].Locality).ShouldBe(("shop/prod/cart/0", OneCluster.Name, new Locality("eu", "eu-a")));

        Foundation cf = controller.Foundation;
        cf.Run("cart", 1, "10.0.1.2", 61002, "STARTING");
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.2:61002 Unhealthy");
        cf.Run("cart", 1, "10.0.1.2", 61002);
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.2:61002 Healthy");
        cf.Run("cart", 1, "10.0.1.2", 61002, more: """ "routable": false """);
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.2:61002 Unhealthy");
        cf.Run("cart", 1, "10.0.1.2", 61002, "CRASHED");
        cf.Run("cart", 0, "10.0.1.9", 61009);
        await UntilAsync(source, "cart", "10.0.1.9:61009 Healthy, 10.0.1.2:61002 Unhealthy");
        cf.Run("cart", 0, "10.0.1.9", 61009, "STOPPING");
        await UntilAsync(source, "cart", "10.0.1.9:61009 Draining, 10.0.1.2:61002 Unhealthy");
        cf.Run("cart", 0, "10.0.1.9", 61009);
        cf.Crash("cart", 1);
        await UntilAsync(source, "cart", "10.0.1.9:61009 Healthy");
        cf.Push("web");
        cf.Run("web", 0, "10.0.1.3", 61003);
        await UntilAsync(source, "web", "10.0.1.3:61003 Healthy");
        cf.SetState("cart", "STOPPED");
        await UntilAsync(source, "cart", "");
        cf.SetState("cart", "STARTED");
        await UntilAsync(source, "cart", "10.0.1.9:61009 Healthy");
        cf.Delete("web");
        await UntilAsync(source, "web", "");
        source.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ports_AreThoseThatRoutesLeadTo()
    {
        Foundation cf = controller.Foundation;
        const string Several = """ "instance_ports": [{"external": 61010, "internal": 8080}, {"external": 61011, "internal": 9000}, {"external": 61012, "internal": 7000}, {"external": 61013, "internal": 2222}] """;
        cf.Push("api", processes: ["web", "worker", "admin"]);
        cf.Map("api", "api.apps.example.com", 9000, "http2");
        cf.Map("api", "api2.apps.example.com", 8080);
        cf.Run("api", 0, "10.0.1.4", 61010, more: Several);
        cf.Map("api", "admin.apps.example.com", 8080, process: "admin");
        cf.Run("api", 0, "10.0.1.5", 61020, process: "admin");
        cf.Run("api", 0, "10.0.1.6", 0, more: """ "instance_ports": [] """, process: "worker");
        cf.Push("queue");
        cf.Map("queue", "tcp.example.com:1883", 8080, "tcp");
        cf.Run("queue", 0, "10.0.1.7", 61030);
        cf.Push("closed");
        cf.Map("closed", "closed.apps.example.com");
        cf.Run("closed", 0, "10.0.1.8", 0);

        await using WatchedSource source = Watch(Settings());
        await source.LiveAsync();

        source.Find("api")!.Ports.ShouldBe([new ServicePort("", 8080, Protocol.Http), new ServicePort("", 9000, Protocol.Http2)]);
        source.Endpoints("api").ShouldBe("10.0.1.4:61010+61011 Healthy");
        source.Endpoints("api-admin").ShouldBe("10.0.1.5:61020 Healthy");
        source.Find("api-worker").ShouldBeNull();
        source.Find("queue")!.Ports.ShouldBe([new ServicePort("", 8080, Protocol.Tcp)]);
        source.Find("closed").ShouldBeNull();
        source.Problems.ShouldHaveSingleItem().ToString().ShouldStartWith("shop/prod/closed/0: instance_ports: only its TLS port 61012 is open");
    }

    [Fact]
    public async Task Labels_AreAttributesAndSettings()
    {
        controller.Foundation.Push("shop-ui", "dev", metadata: """{"labels": {"team": "red", "controlplane.io/weight": "7"}, "annotations": {"controlplane.io/ports": "8443/http2", "empty": null}}""");
        controller.Foundation.Run("shop-ui", 0, "10.0.1.3", 61003);
        await using WatchedSource source = Watch(Settings(), mapping: SourceMapping.Default with
        {
            Service = "{label.team|none}-{app}", Namespace = "{organization}-{spaceLabel.tier}", Select = [new Label("app.guid", "*")],
        });
        await source.LiveAsync();

        ServicePart part = source.Find("red-shop-ui")!;
        part.Service.Namespace.ShouldBe("shop-dev-tier");
        (part.Ports[0], part.Endpoints[0].Weight).ShouldBe((new ServicePort("", 8443, Protocol.Http2), 7));
        source.Endpoints("red-shop-ui").ShouldBe("10.0.1.3:61003 Healthy");
        source.Find("none-cart")!.Service.Namespace.ShouldBe("shop-prod-tier");
    }

    [Fact]
    public async Task Organizations_AndSpaces_LimitWhatIsSeen()
    {
        Foundation cf = controller.Foundation;
        foreach ((string app, string space, string organization) in ((string, string, string)[])[("a", "dev", "shop"), ("b", "prod", "bank"), ("c", "dev", "bank")])
        {
            cf.Push(app, space, organization);
            cf.Run(app, 0, "10.0.2.1", 61000 + app[0]);
        }
        await using WatchedSource bank = Watch(Settings() with { Organizations = ["bank"] });
        await using WatchedSource prod = Watch(Settings() with { Spaces = ["prod"] });
        await using WatchedSource both = Watch(Settings() with { Organizations = ["BANK"], Spaces = ["prod"] });
        await using WatchedSource none = Watch(Settings() with { Organizations = ["bank"], Spaces = ["prod", "test"] });
        await Task.WhenAll(bank.LiveAsync(), prod.LiveAsync(), both.LiveAsync(), StaleAsync(none, "the space test not: it is not there, or may not be seen"));

        Names(bank).ShouldBe("b c");
        Names(prod).ShouldBe("b cart");
        Names(both).ShouldBe("b");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Fault_LosesNothingSaysWhatIsWrongAndPasses(string fault, string reason)
    {
        foreach (int i in Enumerable.Range(1, 4))
        {
            controller.Foundation.Push($"app{i}");
            controller.Foundation.Run($"app{i}", 0, "10.0.3.1", 61100 + i);
        }
        await using FaultProxy proxy = await FaultProxy.StartAsync(controller.Address);
        await using WatchedSource source = Watch(Settings(proxy.Address));
        await source.LiveAsync();

        bool SecondPage(FaultedRequest request) => request.Path == "/v3/apps" && request.Query.Contains("page=2&", StringComparison.Ordinal) | request.Query.EndsWith("page=2", StringComparison.Ordinal);
        proxy.Fault = fault switch
        {
            "not a controller" => Fault.Answer(HttpStatusCode.NotFound, "404 Not Found: Requested route ('api.example.com') does not exist."),
            "failing" => Fault.Answer(HttpStatusCode.ServiceUnavailable, """{"errors": [{"title": "CF-ServiceUnavailable", "detail": "the database is away"}]}"""),
            "no apps" => Fault.Answer(HttpStatusCode.OK, """{"pagination": {"total_results": 5, "next": null}, "resources": []}""").For(request => request.Path == "/v3/apps"),
            "second page is garbage" => Fault.Garbage.For(SecondPage),
            _ => Fault.Answer(HttpStatusCode.ServiceUnavailable, """{"errors": [{"title": "CF-StatsUnavailable", "detail": "Stats unavailable"}]}""").For(request => request.Path == "/v3/processes/app3-guid/stats"),
        };
        await StaleAsync(source, reason);
        source.Reason.ShouldContain($"127.0.0.1:{proxy.Address.Port}");
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        source.Endpoints("app3").ShouldBe("10.0.3.1:61103 Healthy");
        controller.Foundation.Run("cart", 0, "10.0.1.9", 61009);

        proxy.Fault = Fault.None;

        await UntilAsync(source, "cart", "10.0.1.9:61009 Healthy");
        await source.LiveAsync();
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Role_ThatIsTakenAway_TakesNothingWithIt()
    {
        controller.Foundation.Push("b", "prod", "bank");
        controller.Foundation.Run("b", 0, "10.0.2.1", 61100);
        await using WatchedSource source = Watch(Settings() with { Organizations = ["shop", "bank"] });
        await source.LiveAsync();

        controller.Foundation.Hide("bank");
        await StaleAsync(source, "shows the client controlplane the organization bank not");
        source.Endpoints("b").ShouldBe("10.0.2.1:61100 Healthy");
        controller.Foundation.Hide("bank", isHidden: false);

        await source.LiveAsync();
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Addresses_ThatAreHiddenFromARole_TakeNothingAway()
    {
        await using WatchedSource source = Watch(Settings());
        await source.LiveAsync();

        controller.Foundation.Run("cart", 0, "10.0.1.1", 61001, more: """ "host": null, "instance_ports": [] """);
        await StaleAsync(source, "it hides that from the client controlplane");
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
    }

    private CloudFoundrySettings Settings(Uri? address = null) => new() { Api = Client(address ?? controller.Address, folder.File("secret")) };

    private static string Names(WatchedSource source) => string.Join(' ', source.Services.Select(part => part.Service.Name).Order(StringComparer.Ordinal));
}
