using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Hosting;

/// <summary>How a silo watches a source and reports it.</summary>
public sealed class SourceHostTests
{
    private readonly FakeTimeProvider time = new();
    private readonly RecordingSink sink = new();
    private readonly ScriptedAdapter adapter = new("east");

    private SourceReport Last => sink.Reports[^1];

    [Fact]
    public async Task Run_WithTheLease_ReportsTheFirstPictureWhole()
    {
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        adapter.Replace(Samples.Part("pay", "10.0.0.2"));
        await using RunningHost host = Start();

        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));

        SourceReport whole = sink.Reports.Single(report => report.IsWhole);
        whole.Epoch.ShouldBe(1);
        whole.State.ShouldBe(SourceState.Live);
        whole.Replaced.Select(part => part.Service.Name).ShouldBe(["cart", "pay"], ignoreOrder: true);
        sink.Acquisitions.ShouldBe(["here"]);
    }

    [Fact]
    public async Task Reading_InWhichTooMuchIsGone_IsBelievedWhenItIsSeenTwice()
    {
        await using RunningHost host = await StartWithThreeServicesAsync();
        int before = sink.Reports.Length;

        adapter.Reread([Samples.Part("cart", "10.0.0.1")]);

        await host.UntilAsync(() => Last.State == SourceState.Stale);
        Last.Reason.ShouldBe("2 of 3 endpoints are gone in one reading: it is read again before that is believed");
        sink.Reports.Skip(before).ShouldAllBe(report => report.Removed.IsEmpty);
        await host.UntilAsync(() => Last.State == SourceState.Live && sink.Reports.Skip(before).SelectMany(report => report.Removed).Count() == 2);
        adapter.Watches.ShouldBe(2);
    }

    [Fact]
    public async Task Reading_InWhichTooMuchIsGone_IsForgottenWhenTheNextOneHasIt()
    {
        await using RunningHost host = await StartWithThreeServicesAsync();
        int before = sink.Reports.Length;

        adapter.Reread([Samples.Part("cart", "10.0.0.1")], isOnce: true);

        await host.UntilAsync(() => Last.State == SourceState.Stale);
        await host.UntilAsync(() => Last.State == SourceState.Live);
        sink.Reports.Skip(before).ShouldAllBe(report => report.Removed.IsEmpty && report.Replaced.IsEmpty);
    }

    [Fact]
    public async Task Reading_InWhichLittleIsGone_IsBelievedAtOnce()
    {
        await using RunningHost host = await StartWithThreeServicesAsync();

        adapter.Reread([Samples.Part("cart", "10.0.0.1"), Samples.Part("web", "10.0.0.3")]);

        await host.UntilAsync(() => sink.Reports.Any(report => report.Removed.Contains(Samples.Service("pay"))));
        adapter.Watches.ShouldBe(1);
    }

    [Fact]
    public async Task FirstReading_OfASourceThatWasLarger_IsMadeTwice()
    {
        sink.KnownEndpoints = 10;
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        await using RunningHost host = Start();

        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));

        adapter.Watches.ShouldBe(2);
        sink.Reports.ShouldContain(report => report.State == SourceState.Warming && report.Reason.StartsWith("9 of 10 endpoints are gone"));
    }

    [Fact]
    public async Task Run_WithoutTheLease_WatchesNothingAndAsksAgain()
    {
        sink.Grants = false;
        await using RunningHost host = Start();

        await host.UntilAsync(() => sink.Acquisitions.Length == 3);
        adapter.Watches.ShouldBe(0);
        sink.Reports.ShouldBeEmpty();

        sink.Grants = true;
        await host.UntilAsync(() => adapter.Watches == 1);
    }

    [Fact]
    public async Task Changes_WhileAReportIsInFlight_AreMergedIntoOne()
    {
        adapter.Replace(Samples.Part("gone", "10.0.0.1"));
        await using RunningHost host = Start();
        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));
        var answer = new TaskCompletionSource<bool>();
        sink.Accepts = _ => answer.Task;
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        await host.UntilAsync(() => Last.Replaced is [{ Service.Name: "cart" }]);
        int before = sink.Reports.Length;

        adapter.Replace(Samples.Part("cart", "10.0.0.2"));
        adapter.Replace(Samples.Part("pay", "10.0.0.3"));
        adapter.Replace(Samples.Part("cart", "10.0.0.4"));
        adapter.Remove(Samples.Service("gone"));
        time.Advance(TimeSpan.FromSeconds(1));
        sink.Reports.Length.ShouldBe(before, "one report is in flight at a time");
        sink.Accepts = _ => Task.FromResult(true);
        answer.SetResult(true);

        await host.UntilAsync(() => sink.Reports.Skip(before).SelectMany(report => report.Removed).Any());
        ServicePart[] replaced = [.. sink.Reports.Skip(before).SelectMany(report => report.Replaced)];
        replaced.Select(part => part.Service.Name).ShouldBe(["cart", "pay"], ignoreOrder: true);
        replaced.Single(part => part.Service.Name == "cart").Endpoints[0].Address.ShouldBe("10.0.0.4");
    }

    [Fact]
    public async Task Receiver_OfANewIncarnation_IsToldEverything()
    {
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        adapter.Configure(new Network { Name = "n1" });
        await using RunningHost host = Start();
        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));
        int before = sink.Reports.Length;

        sink.Incarnation = "second";

        await host.UntilAsync(() => sink.Reports.Skip(before).Any(report => report.IsWhole));
        SourceReport again = sink.Reports.Skip(before).First(report => report.IsWhole);
        again.Replaced.ShouldHaveSingleItem().Service.ShouldBe(Samples.Service("cart"));
        again.Configuration.ShouldBe([new Network { Name = "n1" }]);
    }

    [Fact]
    public async Task Receiver_OfTheSameIncarnation_IsToldNothingTwice()
    {
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        await using RunningHost host = Start();
        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));
        int before = sink.Reports.Length;

        await host.UntilAsync(() => sink.Reports.Length >= before + 3);

        sink.Reports.Skip(before).ShouldAllBe(report => report.Replaced.IsEmpty && !report.IsWhole && report.Configuration == null);
    }

    [Fact]
    public async Task Report_ThatIsRefused_EndsTheLeaseAndTakesItAnew()
    {
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        sink.Accepts = report => Task.FromResult(report.Epoch > 1);
        await using RunningHost host = Start();

        await host.UntilAsync(() => sink.Reports.Any(report => report is { Epoch: 2, IsWhole: true }));

        Last.Replaced.Concat(sink.Reports.SelectMany(report => report.Replaced)).ShouldContain(part => part.Service == Samples.Service("cart"));
        sink.Reports.Count(report => report.Epoch == 1).ShouldBe(1);
    }

    [Fact]
    public async Task Report_ThatFails_IsSentAgainWithWhatCameMeanwhile()
    {
        await using RunningHost host = Start();
        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));
        sink.Accepts = _ => throw new TimeoutException("no answer");
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        await host.UntilAsync(() => Last.Replaced.Count == 1);
        adapter.Replace(Samples.Part("pay", "10.0.0.2"));
        sink.Accepts = _ => Task.FromResult(true);

        await host.UntilAsync(() => Last.Replaced.Count == 2);

        sink.Acquisitions.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Reports_ThatFail_EndTheLeaseAtTwoThirdsOfIt()
    {
        await using RunningHost host = Start();
        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));
        sink.Accepts = _ => throw new TimeoutException("no answer");

        TimeSpan took = await host.UntilAsync(() => sink.Acquisitions.Length == 2);

        took.ShouldBeGreaterThanOrEqualTo(RecordingSink.LeaseDuration * (2.0 / 3) - TimeSpan.FromSeconds(2), "the last heartbeat may be two seconds old");    }

    [Fact]
    public async Task Lease_OfALaterSilo_CountsFromWhenItWasAskedFor()
    {
        // The last of five waits four heartbeats before it asks.
        string[] members = ["a", "b", "c", "d", "e"];
        var grants = new RecordingSink();
        await using RunningHost host = new(adapter, grants, time, new OneOf(LastOf(members), members));
        int failures = 0;
        grants.Accepts = _ => ++failures == 1 ? throw new TimeoutException("no answer") : Task.FromResult(true);

        TimeSpan waited = await host.UntilAsync(() => grants.Acquisitions.Length == 1);
        await host.UntilAsync(() => grants.Reports.Length >= 4);

        waited.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(8));
        grants.Acquisitions.Length.ShouldBe(1, "one report that failed does not end a lease that has just begun");
    }

    [Fact]
    public async Task Silos_AskForALeaseInTurn_EachSourceInAnOrderOfItsOwn()
    {
        string[] members = ["a", "b", "c"];
        var firsts = new HashSet<string>();
        foreach (string source in Enumerable.Range(0, 12).Select(index => $"source-{index}"))
        {
            var refusing = new RecordingSink { Grants = false };
            RunningHost[] hosts = [.. members.Select(member => new RunningHost(new ScriptedAdapter(source), refusing, time, new OneOf(member, members)))];
            await Eventually.Until(() => refusing.Acquisitions.Length > 0);
            firsts.Add(refusing.Acquisitions.ShouldHaveSingleItem());
            await hosts[0].UntilAsync(() => refusing.Acquisitions.Distinct().Count() == 3);
            foreach (RunningHost host in hosts)
            {
                await host.DisposeAsync();
            }
        }

        firsts.ShouldBe(members, ignoreOrder: true);
    }

    [Fact]
    public async Task Source_ThatFails_IsStaleWithTheReasonUntilItIsBack()
    {
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        adapter.Replace(Samples.Part("pay", "10.0.0.2"));
        await using RunningHost host = Start();
        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));
        adapter.Refuses = "connection refused";

        adapter.Fail();
        await host.UntilAsync(() => Last is { State: SourceState.Stale, Reason: "connection refused" });
        adapter.Remove(Samples.Service("pay"));
        adapter.Refuses = null;

        await host.UntilAsync(() => Last is { State: SourceState.Live, Reason: "" });
        SourceReport[] since = [.. sink.Reports.SkipWhile(report => report.State != SourceState.Stale)];
        since.SelectMany(report => report.Removed).ShouldBe([Samples.Service("pay")], customMessage: "what was not said again is gone");
        since.SelectMany(report => report.Replaced).ShouldBeEmpty("nothing else has changed");
    }

    [Fact]
    public async Task Source_ThatKeepsFailing_IsTriedEverMoreSlowly()
    {
        adapter.Refuses = "connection refused";
        await using RunningHost host = Start();

        await host.UntilAsync(() => adapter.Watches == 4);
        TimeSpan later = await host.UntilAsync(() => adapter.Watches == 9);

        // 250 ms, doubled up to 10 s, with jitter: five more tries after the fourth take tens of seconds.
        later.ShouldBeGreaterThan(TimeSpan.FromSeconds(8));
        sink.Reports.ShouldAllBe(report => report.State == SourceState.Warming || report.Reason == "connection refused");
    }

    [Fact]
    public async Task Stop_GivesTheLeaseBack()
    {
        RunningHost host = Start();
        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));

        await host.DisposeAsync();

        sink.Releases.ShouldBe([1]);
    }

    private async Task<RunningHost> StartWithThreeServicesAsync()
    {
        adapter.Replace(Samples.Part("cart", "10.0.0.1"));
        adapter.Replace(Samples.Part("pay", "10.0.0.2"));
        adapter.Replace(Samples.Part("web", "10.0.0.3"));
        RunningHost host = Start();
        await host.UntilAsync(() => sink.Reports.Any(report => report.IsWhole));
        return host;
    }

    private RunningHost Start() => new(adapter, sink, time);

    private string LastOf(string[] members) => members.MinBy(member =>
        System.IO.Hashing.XxHash3.HashToUInt64(System.Text.Encoding.UTF8.GetBytes($"{adapter.Source}\n{member}")))!;
}
