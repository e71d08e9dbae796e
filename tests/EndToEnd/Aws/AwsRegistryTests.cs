using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Model;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.EndToEnd.Aws;

/// <summary>What every registry at AWS does, whatever happens on the way: nothing known is lost, the reason is said, and it recovers.</summary>
public sealed class AwsRegistryTests
{
    private const string Dead = "the answer is";

    public static TheoryData<string> Registries() => [.. AwsWorlds.Names];

    public static TheoryData<string, string, string> Faults()
    {
        var data = new TheoryData<string, string, string>();
        foreach (string name in AwsWorlds.Names)
        {
            data.Add(name, "throttled", "too many requests (ThrottlingException)");
            data.Add(name, "expired", "the credentials are not accepted (ExpiredTokenException): renew them");
            data.Add(name, "denied", "it is not allowed (AccessDeniedException): allow ");
            data.Add(name, "garbage", "answered something that cannot be read");
            data.Add(name, "truncated", "answered something that cannot be read");
            data.Add(name, "unreachable", "cannot be reached");
            data.Add(name, "second request", Dead);
        }
        return data;
    }

    private static Func<int, HttpResponseMessage, HttpResponseMessage> Fault(string name) => name switch
    {
        "throttled" => (_, _) => AwsFaults.Error("ThrottlingException"),
        "expired" => (_, _) => AwsFaults.Error("ExpiredTokenException", 403),
        "denied" => (_, _) => AwsFaults.Error("AccessDeniedException", 403),
        "garbage" => (_, _) => new HttpResponseMessage { Content = new StringContent("<html>welcome to the hotel</html>") },
        "truncated" => (_, answer) => AwsFaults.Half(answer),
        "unreachable" => (_, _) => throw new HttpRequestException("connection reset"),
        _ => (number, answer) => number % 2 == 0 ? AwsFaults.Error("ClientException") : answer,
    };

    [Theory]
    [MemberData(nameof(Registries))]
    public async Task Watch_InstancesComeAndGo_ServicesFollow(string name)
    {
        await using MotoServer moto = await MotoServer.StartAsync();
        AwsWorld world = await AwsWorlds.CreateAsync(name, moto);
        await world.AddAsync("cart");
        await using WatchedSource source = world.Watch(moto.Connect());
        await source.LiveAsync();

        source.Find("cart")!.Endpoints.Count.ShouldBe(1);
        string second = await world.AddAsync("cart");
        await world.AddAsync("web");
        await Eventually.Until(() => source.Find("cart")!.Endpoints.Count == 2 && source.Find("web") is not null, state: () => source.Endpoints("cart"));
        source.Find("cart")!.Ports.ShouldHaveSingleItem().Port.ShouldBe(name == "cloudMap" ? 8080 : 80);
        source.Find("cart")!.Endpoints[0].Locality.Region.ShouldBe(MotoServer.Region);

        await world.RemoveAsync(second);
        await Eventually.Until(() => source.Find("cart")!.Endpoints.Count(endpoint => endpoint.Health != Health.Draining) == 1, state: () => source.Endpoints("cart"));
        source.Problems.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Watch_Fault_KeepsWhatIsKnownSaysWhyAndRecovers(string name, string fault, string reason)
    {
        await using MotoServer moto = await MotoServer.StartAsync();
        AwsWorld world = await AwsWorlds.CreateAsync(name, moto);
        await world.AddAsync("cart");
        await world.AddAsync("cart");
        using var faults = new AwsFaults();
        await using WatchedSource source = world.Watch(moto.Connect(handler: faults));
        await source.LiveAsync();
        string before = source.Endpoints("cart");

        faults.Fault = Fault(fault);
        await source.StaleAsync();
        source.Reason.ShouldContain(reason);
        source.Reason.ShouldContain($" in {MotoServer.Region}: ");
        source.Reason.ShouldNotContain("testing");
        source.Endpoints("cart").ShouldBe(before);
        source.Removals.ShouldBeEmpty();

        faults.Fault = null;
        await source.LiveAsync();
        source.Endpoints("cart").ShouldBe(before);
        source.Removals.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Registries))]
    public async Task Watch_CredentialsExpire_TakesNewOnesWithoutBeingStale(string name)
    {
        await using MotoServer moto = await MotoServer.StartAsync();
        AwsWorld world = await AwsWorlds.CreateAsync(name, moto);
        await world.AddAsync("cart");
        using var faults = new AwsFaults();
        var credentials = new TestCredentials();
        await using WatchedSource source = world.Watch(moto.Connect(handler: faults, credentials: credentials));
        await source.LiveAsync();

        faults.Fault = (number, answer) => number == 1 ? AwsFaults.Error("ExpiredTokenException", 403) : answer;
        await world.AddAsync("web");
        await Eventually.Until(() => source.Find("web") is not null, state: () => source.Reason);

        credentials.Generation.ShouldBe(1);
        source.State.ShouldBe(SourceState.Live);
    }
}
