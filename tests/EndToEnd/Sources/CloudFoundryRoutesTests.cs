using System.Text.Json.Nodes;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Model;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;
using NATS.Client.Core;
using static ControlPlane.Tests.EndToEnd.Sources.CloudFoundryWatch;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>A foundation by its routes alone, as they are registered at a real NATS server.</summary>
public sealed class CloudFoundryRoutesTests
{
    [Fact]
    public async Task Routes_ComeChangeAndGo()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001, "cart-guid", index: 0, more: """ "availability_zone": "eu-b", "tls_port": 61443, "server_cert_domain_san": "x" """));
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) });
        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        ServicePart cart = source.Find("cart")!;
        cart.Service.ShouldBe(new ServiceId("default", "default", "cart"));
        cart.Ports.ShouldBe([new ServicePort("", 80, Protocol.Http)]);
        (cart.Endpoints[0].Workload, cart.Endpoints[0].Locality).ShouldBe(("cart/cart-guid/0", new Locality("eu", "eu-b")));

        await registrar.KeepAsync("1", Registrar.Message("cart.apps.example.com", "10.0.1.2", 61002, "cart-guid", index: 1));
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.2:61002 Healthy");
        await registrar.UnregisterAsync("1");
        await registrar.KeepAsync("2", Registrar.Message("cart.apps.example.com", "10.0.1.3", 61003, "cart-guid", index: 1));
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.3:61003 Healthy");
        await registrar.KeepAsync("grpc", Registrar.Message("pricing.apps.example.com", "10.0.1.4", 61004, "pricing-guid", more: """ "protocol": "http2" """));
        await UntilAsync(source, "pricing", "10.0.1.4:61004 Healthy");
        source.Find("pricing")!.Ports.ShouldBe([new ServicePort("", 80, Protocol.Http2)]);
        // The cell has given the address of a container that died to another.
        registrar.Forget("2");
        await registrar.KeepAsync("new", Registrar.Message("other.apps.example.com", "10.0.1.3", 61003, "other-guid"));
        await UntilAsync(source, "other", "10.0.1.3:61003 Healthy");
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy");
        await registrar.UnregisterAsync("grpc");
        await UntilAsync(source, "pricing", "");
        source.State.ShouldBe(SourceState.Live);
        source.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Route_ThatIsNotRenewed_IsPruned()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001, "cart-guid", index: 0));
        await registrar.KeepAsync("1", Registrar.Message("cart.apps.example.com", "10.0.1.2", 61002, "cart-guid", index: 1, more: """ "stale_threshold_in_seconds": 1 """));
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) });
        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy, 10.0.1.2:61002 Healthy");

        registrar.Forget("1");

        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy");
        source.State.ShouldBe(SourceState.Live);
    }

    [Fact]
    public async Task Pruning_OfMost_IsBelievedWhenTheyAreNotHeardAgain()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using var registrar = new Registrar(nats);
        foreach (int i in Enumerable.Range(0, 3))
        {
            await registrar.KeepAsync($"{i}", Registrar.Message("cart.apps.example.com", $"10.0.1.{i}", 61001, "cart-guid", index: i, more: """ "stale_threshold_in_seconds": 1 """));
        }
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) });
        await source.LiveAsync();

        registrar.Forget("0");
        string back = registrar.Forget("1");
        await StaleAsync(source, "2 of 3 endpoints are gone in one reading");
        source.Endpoints("cart").ShouldBe("10.0.1.0:61001 Healthy, 10.0.1.1:61001 Healthy, 10.0.1.2:61001 Healthy");
        await registrar.KeepAsync("1", back);

        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.2:61001 Healthy");
        await source.LiveAsync();
    }

    [Fact]
    public async Task Registrars_AreAskedToRegisterAtOnceAndToldHowOften()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        INatsSub<string> starts = await nats.SubscribeAsync("router.start");
        await nats.PublishAsync("router.register", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) }, Times with { Gather = TimeSpan.FromSeconds(20) });

        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        NatsMsg<string> start = await starts.Msgs.ReadAsync(deadline.Token);
        await nats.PublishAsync("router.register", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));
        string? greeted = await nats.RequestAsync("router.greet");

        greeted.ShouldBe(start.Data);
        JsonNode said = JsonNode.Parse(greeted!)!;
        (said["minimumRegisterIntervalInSeconds"]!.GetValue<int>(), said["pruneThresholdInSeconds"]!.GetValue<int>()).ShouldBe((20, 120));
        said["id"]!.GetValue<string>().ShouldStartWith("controlplane-");
        // Not all can have registered yet.
        source.State.ShouldBe(SourceState.Warming);
    }

    [Fact]
    public async Task Router_OfTheFoundation_SaysHowOftenItIsRegistered()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using var router = new NatsConnection(NatsOpts.Default with { Url = nats.Address });
        await using INatsSub<string> greets = await router.SubscribeCoreAsync<string>("router.greet");
        await router.PingAsync();
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));
        INatsSub<string> starts = await nats.SubscribeAsync("router.start");

        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) }, Times with { Gather = TimeSpan.FromMinutes(5) });
        NatsMsg<string> greet = await greets.Msgs.ReadAsync(TestContext.Current.CancellationToken);
        await router.PublishAsync(greet.ReplyTo!, """{"id": "0-x", "hosts": ["10.0.0.9"], "minimumRegisterIntervalInSeconds": 1, "pruneThresholdInSeconds": 77}""");

        JsonNode start = JsonNode.Parse((await starts.Msgs.ReadAsync(TestContext.Current.CancellationToken)).Data!)!;
        (start["minimumRegisterIntervalInSeconds"]!.GetValue<int>(), start["pruneThresholdInSeconds"]!.GetValue<int>()).ShouldBe((1, 77));
        await source.LiveAsync();
    }

    [Theory]
    [InlineData("killed", "the connection is lost; what is known is kept")]
    [InlineData("hangs", "the connection is lost; what is known is kept")]
    public async Task Server_ThatIsAwayForAWhile_LosesNothing(string how, string reason)
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001, "cart-guid", more: """ "stale_threshold_in_seconds": 1 """));
        await registrar.KeepAsync("1", Registrar.Message("web.apps.example.com", "10.0.1.2", 61002, "web-guid"));
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) });
        await source.LiveAsync();

        if (how == "killed")
        {
            await nats.KillAsync();
        }
        else
        {
            nats.Signal("STOP");
        }
        await Eventually.Until(() => source.State == SourceState.Stale);
        (source.Reason.Contains(reason, StringComparison.Ordinal) || source.Reason.Contains("cannot be reached", StringComparison.Ordinal)).ShouldBeTrue(source.Reason);
        await StaleAsync(source, $"NATS at 127.0.0.1:{nats.Port} cannot be reached");
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        if (how == "killed")
        {
            await nats.RestartAsync();
        }
        else
        {
            nats.Signal("CONT");
        }
        await registrar.KeepAsync("2", Registrar.Message("cart.apps.example.com", "10.0.1.3", 61003, "cart-guid", index: 1));

        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.3:61003 Healthy");
        await source.LiveAsync();
        source.Endpoints("web").ShouldBe("10.0.1.2:61002 Healthy");
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Silence_IsNotBelieved()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001, "cart-guid"));
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) }, Times with { Prune = TimeSpan.FromMilliseconds(800) });
        await source.LiveAsync();

        string message = registrar.Forget("0");
        await StaleAsync(source, "nothing was registered at NATS at");
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        await registrar.KeepAsync("0", message);

        await source.LiveAsync();
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Emptiness_IsNotBelieved()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) });
        await StaleAsync(source, "no route was registered at NATS at");

        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));

        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
    }

    [Fact]
    public async Task Garbage_IsCountedAndDoesNoHarm()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001));
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) });
        await source.LiveAsync();

        foreach (string garbage in (string[])["", "null", "[]", "<html>", """{"host": "10.0.1.1"}""", """{"host": "10.0.1.9", "port": 70000, "uris": ["x.y"]}""", """{"host": 5, "port": 1, "uris": ["x.y"]}""", Registrar.Message("cart.apps.example.com", "10.0.1.1", 61001)[..40]])
        {
            await nats.PublishAsync("router.register", garbage);
        }
        await nats.PublishAsync("router.unregister", [0xff, 0xfe, 0x00, 0x7b]);
        await nats.PublishAsync("router.other", "nothing of ours");
        await registrar.KeepAsync("name", Registrar.Message("named.apps.example.com", "cell-1.internal", 61001));
        await registrar.KeepAsync("tls", Registrar.Message("secure.apps.example.com", "10.0.1.5", 0, more: """ "tls_port": 61443 """));
        await registrar.KeepAsync("guarded", Registrar.Message("guarded.apps.example.com", "10.0.1.6", 61006, more: """ "route_service_url": "https://waf.example.com" """));

        await ProblemAsync(source, "9 messages could not be read and counted for nothing; the last was router.unregister:");
        await ProblemAsync(source, "expected an IPv4 or IPv6 address, found 'cell-1.internal'");
        await ProblemAsync(source, "only its TLS port 61443 is open");
        await ProblemAsync(source, "have to go through a route service");
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        source.State.ShouldBe(SourceState.Live);
        await registrar.KeepAsync("1", Registrar.Message("cart.apps.example.com", "10.0.1.2", 61002));
        await UntilAsync(source, "cart", "10.0.1.1:61001 Healthy, 10.0.1.2:61002 Healthy");
    }

    [Fact]
    public async Task LargeFoundation_IsHeardWhole()
    {
        await using NatsServer nats = await NatsServer.StartAsync();
        await using WatchedSource source = Watch(new CloudFoundrySettings { Nats = Nats(nats) }, Times with { Gather = TimeSpan.FromSeconds(2), Ping = TimeSpan.FromSeconds(5) });
        await using var connection = new NatsConnection(NatsOpts.Default with { Url = nats.Address });
        await Eventually.Until(async () => await nats.RequestAsync("router.greet") is not null);
        for (int i = 0; i < 5_000; i++)
        {
            await connection.PublishAsync("router.register", System.Text.Encoding.UTF8.GetBytes(Registrar.Message($"app{i % 1000}.apps.example.com", $"10.1.{i / 200}.{i % 200}", 61001, $"app{i % 1000}-guid", index: i / 1000)));
        }
        await connection.PingAsync();

        await source.LiveAsync();
        await Eventually.Until(() => source.Services.Count == 1_000 && source.Services.Sum(part => part.Endpoints.Count) == 5_000, state: () => $"{source.Services.Count} {source.State} {source.Reason}");
        source.Problems.ShouldBeEmpty();
    }
}
