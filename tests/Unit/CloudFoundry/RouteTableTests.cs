using ControlPlane.Adapters.CloudFoundry.Routes;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.CloudFoundry;

/// <summary>What is registered, and for how long.</summary>
public sealed class RouteTableTests
{
    private static readonly TimeSpan Prune = TimeSpan.FromSeconds(120);

    private readonly FakeTimeProvider time = new();
    private readonly RouteTable table;

    public RouteTableTests() => table = new RouteTable(Prune, time);

    [Fact]
    public void Register_Again_ChangesNothing()
    {
        table.Register(Message("a.x", "10.0.0.1", 80, "app", "i-0"));
        table.TakeChanged().ShouldBe(["app"]);
        time.Advance(TimeSpan.FromSeconds(20));

        table.Register(Message("A.x/", "10.0.0.1", 80, "app", "i-0"));

        table.TakeChanged().ShouldBeEmpty();
        Described("app").ShouldBe("10.0.0.1:80 a.x");
        table.Of("app")[0].Since.ShouldBe(time.GetTimestamp() - (20 * time.TimestampFrequency));
    }

    [Fact]
    public void Register_OfAnotherRouteOrOtherTags_IsAChange()
    {
        table.Register(Message("a.x", "10.0.0.1", 80, "app", "i-0"));
        table.TakeChanged();

        table.Register(Message("b.x", "10.0.0.1", 80, "app", "i-0"));
        table.TakeChanged().ShouldBe(["app"]);
        Described("app").ShouldBe("10.0.0.1:80 a.x b.x");
        RouteMessage tagged = Message("b.x", "10.0.0.1", 80, "app", "i-0");
        tagged.Tags = new Dictionary<string, string?> { ["version"] = "2" };
        table.Register(tagged);
        table.TakeChanged().ShouldBe(["app"]);
        table.Of("app")[0].Endpoint.Tag("version").ShouldBe("2");
    }

    [Theory]
    [InlineData("app", "i-1")]
    [InlineData("other", "i-0")]
    public void Register_OfAnotherContainerAtAnAddress_ReplacesWhoWasThere(string app, string instance)
    {
        table.Register(Message("a.x", "10.0.0.1", 80, "app", "i-0"));
        table.TakeChanged();
        time.Advance(TimeSpan.FromSeconds(1));

        table.Register(Message("b.x", "10.0.0.1", 80, app, instance));

        table.TakeChanged().ShouldBe(new[] { "app", app }.Distinct(), ignoreOrder: true);
        Described(app).ShouldBe("10.0.0.1:80 b.x");
        table.Of(app)[0].Since.ShouldBe(time.GetTimestamp());
        table.Count.ShouldBe(1);
    }

    [Fact]
    public void Unregister_OfSomeRoutes_LeavesTheOthers()
    {
        RouteMessage both = Message("a.x", "10.0.0.1", 80, "app", "i-0");
        both.Uris!.Add("b.x");
        table.Register(both);

        table.Unregister(Message("a.x", "10.0.0.1", 80, "app", "i-0"));
        Described("app").ShouldBe("10.0.0.1:80 b.x");
        table.Unregister(Message("b.x", "10.0.0.1", 80, "app", "i-0"));

        (table.Count, table.Groups.Count).ShouldBe((0, 0));
        table.TakeChanged().ShouldBe(["app"]);
    }

    [Fact]
    public void Unregister_OfAContainerThatWasThereBefore_TakesNothingAway()
    {
        table.Register(Message("a.x", "10.0.0.1", 80, "app", "i-0"));
        table.Register(Message("a.x", "10.0.0.1", 80, "app", "i-1"));

        table.Unregister(Message("a.x", "10.0.0.1", 80, "app", "i-0"));
        table.Unregister(Message("a.x", "10.0.0.2", 80, "app", "i-1"));

        Described("app").ShouldBe("10.0.0.1:80 a.x");
    }

    [Fact]
    public void Prune_TakesWhatWasNotRenewedInItsTime()
    {
        table.Register(Message("a.x", "10.0.0.1", 80, "app", "i-0"));
        RouteMessage brief = Message("a.x", "10.0.0.2", 80, "app", "i-1");
        brief.StaleThresholdInSeconds = 30;
        table.Register(brief);
        RouteMessage route = Message("b.x", "10.0.0.1", 80, "app", "i-0");
        route.StaleThresholdInSeconds = 30;
        table.Register(route);
        table.TakeChanged();

        time.Advance(TimeSpan.FromSeconds(30));
        table.Prune().ShouldBeFalse();
        time.Advance(TimeSpan.FromMilliseconds(1));
        table.Prune().ShouldBeTrue();
        table.TakeChanged().ShouldBe(["app"]);
        Described("app").ShouldBe("10.0.0.1:80 a.x");
        time.Advance(TimeSpan.FromSeconds(89));
        table.Prune().ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        table.Prune().ShouldBeTrue();
        table.Count.ShouldBe(0);
        table.TakeChanged().ShouldBe(["app"]);
    }

    [Fact]
    public void Prune_AfterAnInterruption_BeginsAnew()
    {
        table.Register(Message("a.x", "10.0.0.1", 80, "app", "i-0"));
        time.Advance(TimeSpan.FromHours(1));

        table.Renew();

        table.Prune().ShouldBeFalse();
        time.Advance(Prune + TimeSpan.FromSeconds(1));
        table.Prune().ShouldBeTrue();
    }

    private string Described(string group) => string.Join(", ", table.Of(group).Select(registration => $"{registration.Endpoint.Address} {string.Join(' ', registration.Routes.Select(route => route.Uri))}"));

    private static RouteMessage Message(string uri, string host, int port, string app, string instance) =>
        new() { Host = host, Port = port, Uris = [uri], App = app, PrivateInstanceId = instance };
}
