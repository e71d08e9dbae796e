using System.Globalization;
using System.Text;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Apps;
using ControlPlane.Adapters.CloudFoundry.Routes;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.CloudFoundry;

/// <summary>When a picture of routes is complete, what it then says, and what it does not believe.</summary>
public sealed class RoutePictureTests
{
    private static readonly TimeSpan Gather = TimeSpan.FromSeconds(20);

    private readonly FakeTimeProvider time = new();

    [Fact]
    public void FirstPicture_IsCompleteWhenAllCanHaveRegistered()
    {
        RoutePicture picture = Begun();
        Register(picture, "a.x", "10.0.0.1");
        time.Advance(Gather - TimeSpan.FromSeconds(1));
        Said(picture).ShouldBe("problems 0");
        Register(picture, "b.x", "10.0.0.2");
        time.Advance(TimeSpan.FromSeconds(1));

        Said(picture).ShouldBe("begun, 10.0.0.1:80 [a], 10.0.0.2:80 [b], complete");
        Register(picture, "c.x", "10.0.0.3");
        Said(picture).ShouldBe("10.0.0.3:80 [c]");
        picture.Hear(RouteBus.Unregister, Message("a.x", "10.0.0.1"));
        Said(picture).ShouldBe("10.0.0.1:80 []");
        Said(picture).ShouldBe("");
    }

    [Fact]
    public void Picture_AfterTheConnectionWasLost_IsCompleteAtOnce()
    {
        RoutePicture picture = Complete("a.x");
        time.Advance(TimeSpan.FromHours(1));

        picture.Begin(Gather);

        picture.Look();
        Said(picture).ShouldBe("begun, 10.0.0.1:80 [a], complete");
    }

    [Fact]
    public void Picture_ThatWasDoubted_IsGatheredAnew()
    {
        RoutePicture picture = Complete("a.x");

        picture.Doubt();
        picture.Begin(Gather);

        picture.TakeChanges().ShouldBeEmpty();
        time.Advance(Gather);
        Said(picture).ShouldBe("begun, 10.0.0.1:80 [a], complete");
    }

    [Fact]
    public void Picture_OfWhatAnotherHasWatchedSince_IsForgotten()
    {
        RoutePicture picture = Complete("a.x");

        picture.Forget();
        picture.Begin(Gather);
        Register(picture, "b.x", "10.0.0.2");
        time.Advance(Gather);

        Said(picture).ShouldBe("begun, 10.0.0.2:80 [b], complete");
    }

    [Fact]
    public void Pruning_IsSaidAsAnotherReading()
    {
        RoutePicture picture = Complete("a.x", "b.x");
        for (int i = 0; i < 13; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            Register(picture, "b.x", "10.0.0.2");
            picture.Look();
        }

        Said(picture).ShouldBe("begun, 10.0.0.2:80 [b], complete");
    }

    [Fact]
    public void Pruning_WaitsWhileNobodyIsHeard()
    {
        RoutePicture picture = Complete("a.x", "b.x");
        time.Advance(TimeSpan.FromSeconds(90));
        Register(picture, "b.x", "10.0.0.2");
        // 125 s after the last of the one, 35 s after that of the other: a server that is cut off looks the same.
        time.Advance(TimeSpan.FromSeconds(35));
        picture.Look();

        Said(picture).ShouldBe("");
        Register(picture, "b.x", "10.0.0.2");
        picture.Look();
        Said(picture).ShouldBe("begun, 10.0.0.2:80 [b], complete");
    }

    [Fact]
    public void Silence_FailsAndLastsUntilSomethingIsHeard()
    {
        RoutePicture picture = Complete("a.x", "b.x");
        time.Advance(TimeSpan.FromSeconds(121));

        Should.Throw<CloudFoundryException>(picture.Look).Message.ShouldStartWith("nothing was registered at NATS at n for 121 s, though 2 endpoints are known: they are kept");
        picture.Begin(Gather);
        time.Advance(TimeSpan.FromSeconds(200));
        picture.Look();
        picture.TakeChanges().ShouldBeEmpty();
        Register(picture, "b.x", "10.0.0.2");

        Said(picture).ShouldBe("begun, 10.0.0.1:80 [a], 10.0.0.2:80 [b], complete");
    }

    [Fact]
    public void Emptiness_IsNotBelieved()
    {
        RoutePicture picture = Begun();
        time.Advance(Gather);

        Should.Throw<CloudFoundryException>(picture.TakeChanges).Message.ShouldStartWith("no route was registered at NATS at n within 20 s");
    }

    [Fact]
    public void Garbage_IsToldOfForAWhile()
    {
        RoutePicture picture = Complete("a.x");
        picture.Hear(RouteBus.Register, "{"u8);
        picture.Hear(RouteBus.Unregister, "[]"u8);
        picture.Look();
        picture.TakeChanges().OfType<RegistryTroubled>().Single().Problems.ShouldHaveSingleItem().ToString()
            .ShouldStartWith("NATS at n: messages: 2 messages could not be read and counted for nothing; the last was router.unregister: ");

        for (int i = 0; i < 7; i++)
        {
            time.Advance(TimeSpan.FromSeconds(100));
            Register(picture, "a.x", "10.0.0.1");
            picture.Look();
        }
        picture.TakeChanges().OfType<RegistryTroubled>().Single().Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Apps_NameRoutesAndAreMissedOnce()
    {
        var picture = new RoutePicture("NATS at n", usesApps: true, new CloudFoundryTimes(), time);
        picture.Begin(Gather);
        Register(picture, "a.x", "10.0.0.1", "a-guid");
        Register(picture, "u.x", "10.0.0.9");
        time.Advance(Gather);
        Said(picture).ShouldBe("problems 0");
        picture.SetApps(Catalog("a"));
        Said(picture).ShouldBe("begun, o/s/a [a], complete");

        time.Advance(TimeSpan.FromSeconds(1));
        Register(picture, "b.x", "10.0.0.2", "b-guid");
        Said(picture).ShouldBe("");
        picture.MissesApps.ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(1));
        picture.MissApps("the Cloud Controller is away");
        picture.MissesApps.ShouldBeFalse();
        Said(picture).ShouldBe("problems 1");
        // It may not be seen, so that it is not asked for again.
        picture.SetApps(Catalog("a"));
        Said(picture).ShouldBe("begun, o/s/a [a], problems 0, complete");
        picture.MissesApps.ShouldBeFalse();
        picture.SetApps(Catalog("a", "b"));
        Said(picture).ShouldBe("begun, o/s/a [a], o/s/b [b], complete");
    }

    [Fact]
    public void Containers_OfADeploymentThatRolls_AreToldApart()
    {
        var picture = new RoutePicture("NATS at n", usesApps: true, new CloudFoundryTimes(), time);
        picture.Begin(TimeSpan.Zero);
        Register(picture, "a.x", "10.0.0.1", "a-guid");
        Register(picture, "a.x", "10.0.0.2", "a-guid");
        picture.SetApps(Catalog("a"));

        picture.TakeChanges().OfType<GroupRead>().Single().Instances.Select(instance => instance.Id).ShouldBe(["o/s/a/0@10.0.0.1:80", "o/s/a/0@10.0.0.2:80"]);
    }

    [Fact]
    public void Health_IsThatOfTheAppUnlessTheRouteIsNewer()
    {
        var picture = new RoutePicture("NATS at n", usesApps: true, new CloudFoundryTimes(), time);
        picture.Begin(TimeSpan.Zero);
        picture.SetApps(Catalog("a"));
        time.Advance(TimeSpan.FromSeconds(1));
        Register(picture, "a.x", "10.0.0.1", "a-guid");
        HealthOf(picture).ShouldBe(Health.Healthy);

        time.Advance(TimeSpan.FromSeconds(1));
        picture.SetApps(Catalog("a"));

        HealthOf(picture).ShouldBe(Health.Unhealthy);
        static Health HealthOf(RoutePicture picture) => picture.TakeChanges().OfType<GroupRead>().Single().Instances[0].Health;
    }

    private RoutePicture Begun()
    {
        var picture = new RoutePicture("NATS at n", usesApps: false, new CloudFoundryTimes(), time);
        picture.Begin(Gather);
        return picture;
    }

    private RoutePicture Complete(params string[] uris)
    {
        RoutePicture picture = Begun();
        time.Advance(Gather);
        for (int i = 0; i < uris.Length; i++)
        {
            Register(picture, uris[i], $"10.0.0.{i + 1}");
        }
        picture.TakeChanges().ShouldNotBeEmpty();
        return picture;
    }

    // Their containers have crashed, by what the Cloud Controller says.
    private AppCatalog Catalog(params string[] names) => new(
        names.ToDictionary(name => $"{name}-guid", name => new App
        {
            Guid = $"{name}-guid", Name = name, Space = "s", Organization = "o", IsStarted = true, Instances = [new AppInstance("web", 0, "", Health.Unhealthy, true, "10.0.0.1", [], "")],
        }),
        time.GetTimestamp());

    private static void Register(RoutePicture picture, string uri, string host, string app = "") => picture.Hear(RouteBus.Register, Message(uri, host, app));

    private static byte[] Message(string uri, string host, string app = "") => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $$"""{"host": "{{host}}", "port": 80, "uris": ["{{uri}}"], "app": "{{app}}", "private_instance_index": "0"}"""));

    private static string Said(RoutePicture picture) => string.Join(", ", picture.TakeChanges().Select(happened => happened switch
    {
        ReadingBegun => "begun",
        ReadingComplete => "complete",
        GroupRead read => $"{read.Group} [{string.Join(' ', read.Instances.Select(instance => instance.Service))}]",
        RegistryTroubled troubled => $"problems {troubled.Problems.Count}",
        _ => "?",
    }));
}
